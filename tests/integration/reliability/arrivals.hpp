// When a provider was asked.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <vector>

namespace balancer::integration {

// Thread-safe. Must outlive the provider that writes it.
class Arrivals {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void record() {
    const std::lock_guard lock(mutex_);
    times_.push_back(std::chrono::steady_clock::now());
  }
  [[nodiscard]] std::vector<TimePoint> all() const {
    const std::lock_guard lock(mutex_);
    return times_;
  }
  // Of those at or behind that moment.
  [[nodiscard]] std::size_t count_since(TimePoint moment) const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const TimePoint time : times_) count += time >= moment ? 1U : 0U;
    return count;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<TimePoint> times_;
};

}  // namespace balancer::integration
