// Whether a target of a route may serve a request now, and if not, why not.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "common/routing/routing_table.hpp"

namespace balancer::routing {

struct RouteQuery {
  // As the client sent it.
  std::string_view model;
  // The one provider that the client insists on; empty for none.
  std::string_view pinned_provider;
};

// What is known of a target at the moment of the decision.
struct TargetCondition {
  // The provider, or this model of it, is left alone.
  bool cooling = false;
  // Cooling, but its time is up: one request may try it.
  bool probe_due = false;
  // Until a probe is admitted.
  std::chrono::nanoseconds remaining_cooldown{0};
  // As many requests as it may have are under way.
  bool busy = false;
  // Back since a moment ago, with as many requests under way as it is trusted with yet.
  bool warming = false;
  // Expected wait, for the least-latency strategy: lower is better. Any unit.
  double load = 0;
};

class TargetConditions {
 public:
  virtual ~TargetConditions() = default;
  // `provider` is an index into RoutingTable::providers, `upstream_model` the name that it would be asked for.
  [[nodiscard]] virtual TargetCondition of(std::size_t provider, std::string_view upstream_model) const = 0;
};

enum class TargetVerdict {
  kUsable,
  // It, or its provider.
  kDisabled,
  // Another provider is pinned.
  kNotPinned,
  kCooling,
  kProbeDue,
  kBusy,
  // Usable, but others are better.
  kWarming,
};

struct JudgedTarget {
  // Of the route that was judged; valid as long as it is.
  const RouteTarget* target = nullptr;
  // Its index in the route.
  std::size_t index = 0;
  TargetVerdict verdict = TargetVerdict::kUsable;
  TargetCondition condition;
};

[[nodiscard]] std::string_view model_of(const RouteTarget& target, const RouteQuery& query);

// Every target of the route, in file order.
[[nodiscard]] std::vector<JudgedTarget> judge_targets(const RoutingTable& table, const Route& route,
                                                      const RouteQuery& query, const TargetConditions& conditions);

[[nodiscard]] constexpr bool is_usable(TargetVerdict verdict) {
  return verdict == TargetVerdict::kUsable || verdict == TargetVerdict::kWarming;
}
[[nodiscard]] constexpr bool is_cooling(TargetVerdict verdict) {
  return verdict == TargetVerdict::kCooling || verdict == TargetVerdict::kProbeDue;
}

}  // namespace balancer::routing
