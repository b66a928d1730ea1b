// How many requests a second are told of one by one: each while there are few, an even share of them while there are many.
#pragma once

#include <algorithm>
#include <chrono>

#include "common/time/clock.hpp"

namespace balancer::gateway {

// Has no clock or lock: the caller passes the time and stays on one thread.
class SummaryAllowance {
 public:
  static constexpr int kPerSecond = 200;
  // So many at once after a quiet time.
  static constexpr int kBurst = 100;

  // True if one more may be told of now.
  [[nodiscard]] bool take(Clock::TimePoint now) {
    const Clock::TimePoint due = std::max(due_, now);
    if (due - now >= kBurst * kInterval) return false;
    due_ = due + kInterval;
    return true;
  }

 private:
  static constexpr std::chrono::nanoseconds kInterval = std::chrono::nanoseconds(std::chrono::seconds(1)) / kPerSecond;

  // When the allowance would be used up exactly.
  Clock::TimePoint due_;
};

}  // namespace balancer::gateway
