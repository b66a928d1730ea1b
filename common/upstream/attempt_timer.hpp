// The one timer of an attempt: the current phase's limit, or the whole attempt's, whichever is first.
#pragma once

#include <chrono>
#include <functional>

#include "common/async/timer_wheel.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

class AttemptTimer {
 public:
  // `on_expiry` learns what ran out: the phase's kind, or kTotalTimeout. The wheel outlives the timer.
  AttemptTimer(TimerWheel& wheel, TimerWheel::TimePoint deadline,
               std::function<void(UpstreamFailureKind)> on_expiry);

  // Starts a phase in place of the one before. When the whole attempt's deadline has passed already, on_expiry is
  // called at once.
  void begin(UpstreamFailureKind phase, std::chrono::milliseconds limit);
  // Nothing is awaited: no limit holds until the next begin().
  void end() { timer_.disarm(); }

  void set_deadline(TimerWheel::TimePoint deadline);
  [[nodiscard]] TimerWheel::TimePoint phase_end() const { return phase_end_; }

 private:
  void arm();

  TimerWheel& wheel_;
  TimerWheel::TimePoint deadline_;
  std::function<void(UpstreamFailureKind)> on_expiry_;
  UpstreamFailureKind phase_ = UpstreamFailureKind::kTotalTimeout;
  TimerWheel::TimePoint phase_end_;
  TimerWheel::Timer timer_;
};

}  // namespace balancer
