// Ends a call whose stream carries no content for too long, however lively its connection is: pings and comments keep the
// clock between bytes happy and hide a model that is dead (protocol.md 5.5, "Timeouts").
#pragma once

#include <chrono>

#include "common/async/timer_wheel.hpp"
#include "common/upstream/upstream_call.hpp"

namespace balancer::gateway {

// Counts only the time that is spent waiting for the provider: a slow client is not held against it.
class ContentClock {
 public:
  // Content must come within `limit` of waiting. The references outlive the clock.
  ContentClock(UpstreamCall& call, TimerWheel& wheel, std::chrono::milliseconds limit);

  // Around each read of the call. While it waits and the limit passes, the call fails as for an idle timeout.
  void begin_wait();
  void end_wait();
  // Content came: the limit begins anew.
  void restart() { left_ = limit_; }

 private:
  void check();

  UpstreamCall& call_;
  TimerWheel& wheel_;
  const std::chrono::nanoseconds limit_;
  std::chrono::nanoseconds left_;
  TimerWheel::TimePoint waiting_since_;
  bool waiting_ = false;
  // Armed for no later than the limit can pass, and seldom anew.
  TimerWheel::Timer timer_;
};

}  // namespace balancer::gateway
