// Providers that answered that they do not have an endpoint: not asked again for a while.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>

namespace balancer::gateway {

class AbsentEndpoints {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Long enough to spare a client the question, short enough for a provider that learns it.
  static constexpr std::chrono::minutes kRemembered{10};

  void remember(std::string_view provider, TimePoint now) { absent_until_[std::string(provider)] = now + kRemembered; }

  [[nodiscard]] bool contains(std::string_view provider, TimePoint now) {
    const auto found = absent_until_.find(std::string(provider));
    if (found == absent_until_.end()) return false;
    if (now < found->second) return true;
    absent_until_.erase(found);
    return false;
  }

 private:
  // At most one entry for each configured name.
  std::unordered_map<std::string, TimePoint> absent_until_;
};

}  // namespace balancer::gateway
