// What the control plane last said about the health of its providers, in this process's own time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace balancer::gateway {

struct HeardModelCooldown {
  // As sent upstream.
  std::string upstream_model;
  std::chrono::steady_clock::time_point until;

  friend bool operator==(const HeardModelCooldown&, const HeardModelCooldown&) = default;
};

struct HeardStatus {
  // Configured name.
  std::string provider;
  // When a probe is admitted; none for a provider that is not cooling.
  std::optional<std::chrono::steady_clock::time_point> cooling_until;
  // All models of it that cool by themselves.
  std::vector<HeardModelCooldown> cooling_models{};
  std::string last_error{};

  friend bool operator==(const HeardStatus&, const HeardStatus&) = default;
};

struct ProviderStatuses {
  enum class Scope {
    // Replaces all that was heard before.
    kEveryProvider,
    kChangedProviders,
  };

  Scope scope = Scope::kEveryProvider;
  std::vector<HeardStatus> statuses;
};

}  // namespace balancer::gateway
