#include "common/tracing/collector_health.hpp"

#include <algorithm>
#include <utility>

namespace balancer::tracing {

CollectorHealth::News CollectorHealth::delivered() {
  next_delay_ = limits_.first_delay;
  ready_at_ = TimePoint::min();
  failures_ = 0;
  return std::exchange(failing_, false) ? News::kRecovered : News::kNone;
}

CollectorHealth::News CollectorHealth::failed(TimePoint now, std::optional<std::chrono::milliseconds> retry_after,
                                              double chance) {
  constexpr double kSpread = 0.2;
  const std::chrono::duration<double, std::milli> delay = next_delay_ * (1 - kSpread * chance);
  ready_at_ = now + (retry_after ? std::min(*retry_after, limits_.longest_retry_after)
                                 : std::chrono::ceil<std::chrono::milliseconds>(delay));
  next_delay_ = std::min(2 * next_delay_, limits_.longest_delay);
  return ++failures_ < 2 ? News::kNone : is_failing();
}

CollectorHealth::News CollectorHealth::lost() { return is_failing(); }

CollectorHealth::News CollectorHealth::is_failing() {
  return std::exchange(failing_, true) ? News::kNone : News::kFailing;
}

}  // namespace balancer::tracing
