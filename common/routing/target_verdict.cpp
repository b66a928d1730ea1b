#include "common/routing/target_verdict.hpp"

namespace balancer::routing {
namespace {

TargetVerdict verdict_of(const TargetCondition& condition) {
  if (condition.cooling) return condition.probe_due ? TargetVerdict::kProbeDue : TargetVerdict::kCooling;
  if (condition.busy) return TargetVerdict::kBusy;
  return condition.warming ? TargetVerdict::kWarming : TargetVerdict::kUsable;
}

}  // namespace

std::string_view model_of(const RouteTarget& target, const RouteQuery& query) {
  return target.upstream_model.empty() ? query.model : std::string_view(target.upstream_model);
}

std::vector<JudgedTarget> judge_targets(const RoutingTable& table, const Route& route, const RouteQuery& query,
                                        const TargetConditions& conditions) {
  std::vector<JudgedTarget> judged;
  judged.reserve(route.targets.size());
  for (const RouteTarget& target : route.targets) {
    const RoutedProvider& provider = table.providers[target.provider];
    JudgedTarget& entry = judged.emplace_back();
    entry.target = &target;
    entry.index = judged.size() - 1;
    if (!target.enabled || !provider.enabled) {
      entry.verdict = TargetVerdict::kDisabled;
    } else if (!query.pinned_provider.empty() && provider.name != query.pinned_provider) {
      entry.verdict = TargetVerdict::kNotPinned;
    } else {
      entry.condition = conditions.of(target.provider, model_of(target, query));
      entry.verdict = verdict_of(entry.condition);
    }
  }
  return judged;
}

}  // namespace balancer::routing
