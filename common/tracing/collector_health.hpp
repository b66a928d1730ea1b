// Whether spans reach the collector, and when it may be asked next.
#pragma once

#include <chrono>
#include <optional>

#include "common/tracing/exporter_settings.hpp"

namespace balancer::tracing {

// Waits twice as long after each failure, less up to a fifth by chance, until something is delivered; a collector that
// says how long is believed. A single failure that the next try mends is no news.
//
// Has no clock, timer or lock: the caller passes the time and stays on one thread.
class CollectorHealth {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // To be told to people, once each.
  enum class News { kNone, kFailing, kRecovered };

  explicit CollectorHealth(RetryLimits limits) : limits_(limits), next_delay_(limits.first_delay) {}

  [[nodiscard]] News delivered();
  // To be tried later. `chance` lies within [0, 1).
  [[nodiscard]] News failed(TimePoint now, std::optional<std::chrono::milliseconds> retry_after, double chance);
  // Spans were given up.
  [[nodiscard]] News lost();

  // No request before that.
  [[nodiscard]] TimePoint ready_at() const { return ready_at_; }

 private:
  [[nodiscard]] News is_failing();

  const RetryLimits limits_;
  std::chrono::milliseconds next_delay_;
  TimePoint ready_at_ = TimePoint::min();
  unsigned failures_ = 0;
  bool failing_ = false;
};

}  // namespace balancer::tracing
