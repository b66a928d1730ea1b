#include "common/routing/attempt_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <span>

namespace balancer::routing {
namespace {

using Targets = std::vector<const RouteTarget*>;

Rejection no_route(const RouteQuery& query) {
  return {RejectionReason::kNoRoute,
          fmt::format("model: {} matches no entry of model_routes", query.model)};
}

Rejection unknown_provider(const RouteQuery& query) {
  return {RejectionReason::kUnknownProvider,
          fmt::format("provider: {} is not a provider that serves {}", query.pinned_provider, query.model)};
}

Targets eligible_targets(const RoutingTable& table, const Route& route, const RouteQuery& query) {
  Targets targets;
  for (const RouteTarget& target : route.targets) {
    const RoutedProvider& provider = table.providers[target.provider];
    if (!target.enabled || !provider.enabled) continue;
    if (!query.pinned_provider.empty() && provider.name != query.pinned_provider) continue;
    targets.push_back(&target);
  }
  std::stable_sort(targets.begin(), targets.end(),
                   [](const RouteTarget* a, const RouteTarget* b) { return a->priority < b->priority; });
  return targets;
}

void order_by_strategy(std::span<const RouteTarget*> targets, SelectionStrategy strategy, const Selection& selection) {
  if (targets.size() < 2) return;
  switch (strategy) {
    case SelectionStrategy::kPriority:
      return;
    case SelectionStrategy::kRoundRobin:
      std::rotate(targets.begin(), targets.begin() + static_cast<std::ptrdiff_t>(selection.turn % targets.size()),
                  targets.end());
      return;
    case SelectionStrategy::kRandom: {
      std::minstd_rand generator(static_cast<std::minstd_rand::result_type>(selection.random | 1));
      std::shuffle(targets.begin(), targets.end(), generator);
      return;
    }
  }
}

}  // namespace

RoutingDecision plan_attempts(const RoutingTable& table, const RouteQuery& query, std::size_t route_index,
                              const std::vector<ProviderCondition>& conditions, const Selection& selection) {
  if (route_index >= table.routes.size()) return no_route(query);
  const Route& route = table.routes[route_index];
  Targets targets = eligible_targets(table, route, query);
  if (targets.empty()) {
    if (!query.pinned_provider.empty()) return unknown_provider(query);
    return Rejection{RejectionReason::kNoProvider,
                     fmt::format("model: every provider of route {} is disabled", route.pattern)};
  }

  const auto usable = [&](const RouteTarget* target) { return !conditions[target->provider].cooling; };
  const auto probe_due = [&](const RouteTarget* target) { return conditions[target->provider].probe_due; };
  const auto first_cooling = std::stable_partition(targets.begin(), targets.end(), usable);
  const auto usable_count = static_cast<std::size_t>(first_cooling - targets.begin());
  order_by_strategy({targets.begin(), first_cooling}, table.strategy, selection);

  AttemptPlan plan{.candidates = {}, .route = route.pattern};
  // A probe is a real request: it goes first, so that recovery is noticed, and falls over to the others.
  const auto probed = std::find_if(first_cooling, targets.end(), probe_due);
  if (probed != targets.end()) {
    plan.candidates.push_back({(*probed)->provider, (*probed)->upstream_model, /*probe=*/true, /*last_resort=*/false});
    targets.erase(probed);
  }
  if (usable_count > 0) {
    targets.resize(usable_count);
  } else {
    std::stable_sort(targets.begin(), targets.end(), [&](const RouteTarget* a, const RouteTarget* b) {
      return conditions[a->provider].remaining_cooldown < conditions[b->provider].remaining_cooldown;
    });
  }
  for (const RouteTarget* target : targets) {
    plan.candidates.push_back({target->provider, target->upstream_model, /*probe=*/false, /*last_resort=*/usable_count == 0});
  }
  return plan;
}

}  // namespace balancer::routing
