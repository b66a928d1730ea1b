// How long to wait before a broken stream to the control plane is opened again: doubling, and jittered so that many
// gateways do not return in one instant.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <utility>

namespace balancer::gateway {

class ReconnectBackoff {
 public:
  static constexpr std::chrono::milliseconds kInitial{100};
  static constexpr std::chrono::milliseconds kLimit{3'000};

  explicit ReconnectBackoff(std::uint64_t seed) : random_(static_cast<std::minstd_rand::result_type>(seed)) {}

  // Between a fifth and the whole of the current step; the next step is twice as long.
  [[nodiscard]] std::chrono::milliseconds next() {
    const auto step = std::exchange(step_, std::min(step_ * 2, kLimit));
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(step.count() / 5, step.count())(random_));
  }

  void reset() { step_ = kInitial; }

 private:
  std::minstd_rand random_;
  std::chrono::milliseconds step_ = kInitial;
};

}  // namespace balancer::gateway
