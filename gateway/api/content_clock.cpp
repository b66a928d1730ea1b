#include "gateway/api/content_clock.hpp"

namespace balancer::gateway {

ContentClock::ContentClock(UpstreamCall& call, TimerWheel& wheel, std::chrono::milliseconds limit)
    : call_(call), wheel_(wheel), limit_(limit), left_(limit), timer_(wheel, [this] { check(); }) {}

void ContentClock::begin_wait() {
  waiting_ = true;
  waiting_since_ = wheel_.now();
  if (!timer_.armed()) timer_.arm(waiting_since_ + left_);
}

void ContentClock::end_wait() {
  waiting_ = false;
  left_ -= wheel_.now() - waiting_since_;
}

void ContentClock::check() {
  if (!waiting_) return;
  const TimerWheel::TimePoint due = waiting_since_ + left_;
  if (wheel_.now() < due) return timer_.arm(due);
  call_.stop(UpstreamFailureKind::kIdleTimeout, "no content in time");
}

}  // namespace balancer::gateway
