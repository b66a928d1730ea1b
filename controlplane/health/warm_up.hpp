// How much a provider that came back is trusted with: few requests at once at first, twice as many with each success.
#pragma once

#include <optional>

namespace balancer::controlplane {

class WarmUp {
 public:
  static constexpr int kFirst = 2;
  static constexpr int kEnough = 64;

  void begin() { limit_ = kFirst; }
  void end() { limit_.reset(); }
  void record_success() {
    if (limit_ && (*limit_ *= 2) >= kEnough) limit_.reset();
  }
  // As many requests are under way as it should have for now.
  [[nodiscard]] bool is_reached_by(int in_flight) const { return limit_ && in_flight >= *limit_; }

 private:
  std::optional<int> limit_;
};

}  // namespace balancer::controlplane
