#include "common/upstream/attempt_timer.hpp"

#include <algorithm>
#include <utility>

namespace balancer {

AttemptTimer::AttemptTimer(TimerWheel& wheel, TimerWheel::TimePoint deadline,
                           std::function<void(UpstreamFailureKind)> on_expiry)
    : wheel_(wheel), deadline_(deadline), on_expiry_(std::move(on_expiry)), timer_(wheel, [this] {
        on_expiry_(deadline_ <= phase_end_ ? UpstreamFailureKind::kTotalTimeout : phase_);
      }) {}

void AttemptTimer::begin(UpstreamFailureKind phase, std::chrono::milliseconds limit) {
  const TimerWheel::TimePoint now = wheel_.now();
  if (deadline_ <= now) return on_expiry_(UpstreamFailureKind::kTotalTimeout);
  phase_ = phase;
  phase_end_ = now + limit;
  arm();
}

void AttemptTimer::set_deadline(TimerWheel::TimePoint deadline) {
  deadline_ = deadline;
  if (timer_.armed()) arm();
}

void AttemptTimer::arm() { timer_.arm(std::min(deadline_, phase_end_)); }

}  // namespace balancer
