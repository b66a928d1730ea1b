// Decides whether a request may wait for the control plane's decision.
//
// Starts open. Once the control plane has proved alive every request asks; after `kTimeoutLimit` time-outs in a row
// none does, but for one trial a second, whose answer in time closes the breaker again.
//
// Has no clock and no lock: the caller passes the time and stays on one thread.
#pragma once

#include <chrono>

namespace balancer::gateway {

class QueryBreaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr int kTimeoutLimit = 3;
  static constexpr std::chrono::milliseconds kTrialInterval{1'000};

  // True if the request may ask. While open, true hands out the trial.
  [[nodiscard]] bool admit(TimePoint now) {
    if (closed_) return true;
    if (now < next_trial_) return false;
    next_trial_ = now + kTrialInterval;
    return true;
  }

  // An answer came in time, or the control plane is alive by another sign.
  void close() {
    closed_ = true;
    timeouts_in_a_row_ = 0;
  }

  // True when this time-out is the one that opened the breaker.
  bool record_timeout(TimePoint now) {
    if (!closed_ || ++timeouts_in_a_row_ < kTimeoutLimit) return false;
    closed_ = false;
    next_trial_ = now + kTrialInterval;
    return true;
  }

  // An answer came, but too late: worth a trial now.
  void hurry_trial() { next_trial_ = {}; }

  // The stream broke: the next one has to prove itself, at once.
  void record_break() {
    closed_ = false;
    timeouts_in_a_row_ = 0;
    next_trial_ = {};
  }

  [[nodiscard]] bool closed() const { return closed_; }

 private:
  bool closed_ = false;
  int timeouts_in_a_row_ = 0;
  TimePoint next_trial_{};
};

}  // namespace balancer::gateway
