// A Clock that moves only when a test moves it.
#pragma once

#include <chrono>
#include <mutex>

#include "common/time/clock.hpp"

namespace balancer {

// Both clocks start at a fixed instant and advance together; set_wall() steps the wall clock alone, as an operator or
// NTP would. May be read and moved from several threads.
class FakeClock final : public Clock {
 public:
  FakeClock() = default;
  explicit FakeClock(TimePoint start) : now_(start) {}

  [[nodiscard]] TimePoint now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  [[nodiscard]] WallTime wall_now() const override {
    const std::lock_guard lock(mutex_);
    return wall_now_;
  }

  void advance(std::chrono::nanoseconds by) {
    const std::lock_guard lock(mutex_);
    now_ += std::chrono::duration_cast<TimePoint::duration>(by);
    wall_now_ += std::chrono::duration_cast<WallTime::duration>(by);
  }
  void set(TimePoint now) {
    const std::lock_guard lock(mutex_);
    now_ = now;
  }
  void set_wall(WallTime now) {
    const std::lock_guard lock(mutex_);
    wall_now_ = now;
  }

 private:
  mutable std::mutex mutex_;
  TimePoint now_{std::chrono::hours(1)};
  // 2026-01-01T00:00:00Z
  WallTime wall_now_{std::chrono::seconds(1'767'225'600)};
};

}  // namespace balancer
