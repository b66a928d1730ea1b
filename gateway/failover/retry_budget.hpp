// Keeps an outage from being multiplied: when nobody is known to be well, only a share of the requests is tried again.
#pragma once

#include <algorithm>
#include <chrono>

namespace balancer::gateway {

// One per I/O thread. Every request pays in a fifth of a retry, or what the time since the one before is worth, so that
// a quiet gateway has its reserve back in half a minute; kReserve of them are saved at most.
class RetryBudget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static constexpr double kReserve = 3;
  static constexpr double kShareOfRequests = 0.2;
  static constexpr double kPerSecond = 0.1;

  void record_request(TimePoint now) {
    const double seconds = std::chrono::duration<double>(now - last_request_).count();
    balance_ = std::min(kReserve, balance_ + std::max(kShareOfRequests, kPerSecond * seconds));
    last_request_ = now;
  }

  // False, and nothing is taken, when no whole retry is left.
  [[nodiscard]] bool take() {
    if (balance_ < 1) return false;
    balance_ -= 1;
    return true;
  }

 private:
  double balance_ = kReserve;
  TimePoint last_request_{};
};

}  // namespace balancer::gateway
