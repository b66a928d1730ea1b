// Routing tables in short, for tests: providers "a", "b", "c" and routes over them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/routing/attempt_plan.hpp"

namespace balancer::routing {

inline RouteTarget target(std::size_t provider, int priority = 0, std::string upstream_model = {}) {
  return {.provider = provider, .upstream_model = std::move(upstream_model), .priority = priority, .enabled = true};
}

inline RoutingTable table_of(std::vector<Route> routes) {
  return {.providers = {{"a", true}, {"b", true}, {"c", true}}, .routes = std::move(routes),
          .strategy = SelectionStrategy::kPriority};
}

inline std::vector<ProviderCondition> all_well() { return std::vector<ProviderCondition>(3); }

inline ProviderCondition cooling(std::int64_t remaining) {
  return {.cooling = true, .probe_due = false, .remaining_cooldown = remaining};
}

inline ProviderCondition probe_due() { return {.cooling = true, .probe_due = true, .remaining_cooldown = 0}; }

}  // namespace balancer::routing
