// A provider's time to the first byte, lately: believes a slow answer at once, quick ones by and by, and old ones ever less,
// so that a provider that is no longer asked gets another chance.
#pragma once

#include <chrono>
#include <cmath>
#include <optional>

#include "common/time/clock.hpp"

namespace balancer::controlplane {

// An exponentially weighted moving average that jumps to peaks.
class PeakLatency {
 public:
  // After so long an old value counts for about a third.
  static constexpr std::chrono::seconds kMemory{10};
  // The same while nothing is measured.
  static constexpr std::chrono::seconds kIdleMemory{120};

  void record(std::chrono::microseconds sample, Clock::TimePoint now) {
    const auto value = std::chrono::duration<double, std::micro>(sample);
    if (!value_ || value > *value_) {
      value_ = value;
    } else {
      const double kept = share_kept(now - measured_at_, kMemory);
      value_ = *value_ * kept + value * (1 - kept);
    }
    measured_at_ = now;
  }

  // Nothing while nothing was measured.
  [[nodiscard]] std::optional<std::chrono::microseconds> value() const {
    if (!value_) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::microseconds>(*value_);
  }
  // What is worth believing of it now, in microseconds.
  [[nodiscard]] std::optional<double> expected(Clock::TimePoint now) const {
    if (!value_) return std::nullopt;
    return value_->count() * share_kept(now - measured_at_, kIdleMemory);
  }

 private:
  static double share_kept(std::chrono::duration<double> age, std::chrono::duration<double> memory) {
    return std::exp(-age / memory);
  }

  std::optional<std::chrono::duration<double, std::micro>> value_;
  Clock::TimePoint measured_at_{};
};

}  // namespace balancer::controlplane
