// What the control plane last said about the health of its providers, in this process's own time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace balancer::gateway {

struct HeardStatus {
  // Configured name.
  std::string provider;
  // When a probe is admitted; none for a provider that is not cooling.
  std::optional<std::chrono::steady_clock::time_point> cooling_until;

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
