// Plans requests while no control plane answers, with the same routing code that the control plane uses.
//
// Knows what the control plane last said of the providers and how this thread's own attempts ended: a provider that
// failed here cools here, for its Retry-After (at most five minutes) or the snapshot's failure_cooldown; deadlines only
// move later; then one request at a time may probe it; a success restores it.
//
// Has no clock and no lock: the caller passes the time and stays on one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/controlplane_client/provider_statuses.hpp"

namespace balancer::gateway {

class LocalPlanner {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // protocol.md 5.5, class L.
  static constexpr std::chrono::minutes kRetryDelayLimit{5};
  // A probe whose outcome was not reported for so long is given out again.
  static constexpr std::chrono::seconds kProbeLease{60};

  // `seed` starts the dice of the random strategy.
  explicit LocalPlanner(std::uint64_t seed) : random_(seed) {}

  void hear(const ProviderStatuses& statuses);
  void record(const routing::AttemptReport& report, TimePoint now);

  [[nodiscard]] routing::RoutingDecision plan(const routing::RouteQuery& query, const Snapshot& snapshot,
                                              TimePoint now);

 private:
  struct Health {
    TimePoint heard_until{};
    TimePoint retry_until{};
    // Of the last failure that came without a Retry-After.
    TimePoint failed_at{};
    TimePoint probe_lease_until{};
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };

  static TimePoint cooling_until(const Health& health, std::chrono::milliseconds failure_cooldown);
  void assess_providers(const Snapshot& snapshot, TimePoint now);

  // Providers against which something is known; empty in good times.
  boost::unordered_flat_map<std::string, Health, NameHash, std::equal_to<>> sick_;
  // By index of the route.
  std::vector<std::uint64_t> turns_;
  std::vector<routing::ProviderCondition> conditions_;
  std::mt19937_64 random_;
};

}  // namespace balancer::gateway
