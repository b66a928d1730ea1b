// Why a request would go where it would go: for people.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/routing/attempt_plan.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::controlplane {

struct ExplainedTarget {
  std::string provider;
  // Empty: the client's own is passed through.
  std::string upstream_model;
  // In the order of the attempts, from 1; 0 for one that would not be tried.
  int position = 0;
  routing::TargetVerdict verdict = routing::TargetVerdict::kUsable;
  std::chrono::milliseconds remaining_cooldown{0};
};

struct RouteExplanation {
  // The pattern that matched; empty for none.
  std::string route;
  routing::SelectionStrategy strategy = routing::SelectionStrategy::kPriority;
  // Those that would be tried, in order; then the others.
  std::vector<ExplainedTarget> targets;
  // Why nobody would be tried; empty otherwise.
  std::string rejection;
  // The provider that the session has; empty for none.
  std::string session_provider;
};

// `route` is what find_route says, `decision` what plan_attempts does with the same arguments.
[[nodiscard]] RouteExplanation explain_route(const Snapshot& snapshot, const routing::RouteQuery& query,
                                             std::size_t route, const routing::TargetConditions& conditions,
                                             const routing::RoutingDecision& decision);

}  // namespace balancer::controlplane
