#include "controlplane/domain/route_explanation.hpp"

#include <algorithm>

namespace balancer::controlplane {

RouteExplanation explain_route(const Snapshot& snapshot, const routing::RouteQuery& query, std::size_t route_index,
                               const routing::TargetConditions& conditions, const routing::RoutingDecision& decision) {
  RouteExplanation explanation;
  if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) explanation.rejection = rejection->message;
  if (route_index >= snapshot.routing.routes.size()) return explanation;

  const routing::Route& route = snapshot.routing.routes[route_index];
  explanation.route = route.pattern;
  explanation.strategy = strategy_of(snapshot.routing, route);
  for (const routing::JudgedTarget& judged : judge_targets(snapshot.routing, route, query, conditions)) {
    explanation.targets.push_back(
        {.provider = snapshot.providers[judged.target->provider].name,
         .upstream_model = judged.target->upstream_model,
         .position = 0,
         .verdict = judged.verdict,
         .remaining_cooldown = std::chrono::ceil<std::chrono::milliseconds>(judged.condition.remaining_cooldown)});
  }
  if (const auto* plan = std::get_if<routing::AttemptPlan>(&decision)) {
    int position = 0;
    for (const routing::Candidate& candidate : plan->candidates) explanation.targets[candidate.target].position = ++position;
  }
  const auto rank = [](const ExplainedTarget& target) { return target.position == 0 ? 1'000'000 : target.position; };
  std::stable_sort(explanation.targets.begin(), explanation.targets.end(),
                   [&](const ExplainedTarget& a, const ExplainedTarget& b) { return rank(a) < rank(b); });
  return explanation;
}

}  // namespace balancer::controlplane
