#include "common/routing/attempt_plan.hpp"
#include "common/routing/model_pattern.hpp"

namespace balancer::routing {
namespace {

// Claude Code's notation for a model's 1M-token window.
constexpr std::string_view kLongContextSuffix = "[1m]";

enum class Readiness { kNone, kEnabled, kUsable };

Readiness readiness_of(const RoutingTable& table, const Route& route, const RouteQuery& query,
                       const TargetConditions& conditions) {
  Readiness best = Readiness::kNone;
  for (const JudgedTarget& target : judge_targets(table, route, query, conditions)) {
    if (is_usable(target.verdict) || target.verdict == TargetVerdict::kProbeDue) return Readiness::kUsable;
    if (is_cooling(target.verdict) || target.verdict == TargetVerdict::kBusy) best = Readiness::kEnabled;
  }
  return best;
}

std::size_t find_exact(const RoutingTable& table, std::string_view model) {
  for (std::size_t i = 0; i < table.routes.size(); ++i) {
    const std::string& pattern = table.routes[i].pattern;
    if (!is_glob(pattern) && pattern == model) return i;
  }
  return table.routes.size();
}

std::size_t find_glob(const RoutingTable& table, std::string_view model, const RouteQuery& query,
                      const TargetConditions& conditions) {
  const std::size_t none = table.routes.size();
  std::size_t first_match = none;
  std::size_t first_enabled = none;
  for (std::size_t i = 0; i < table.routes.size(); ++i) {
    const Route& route = table.routes[i];
    if (!is_glob(route.pattern) || !glob_matches(route.pattern, model)) continue;
    const Readiness readiness = readiness_of(table, route, query, conditions);
    if (readiness == Readiness::kUsable) return i;
    if (readiness == Readiness::kEnabled && first_enabled == none) first_enabled = i;
    if (first_match == none) first_match = i;
  }
  return first_enabled != none ? first_enabled : first_match;
}

}  // namespace

std::size_t find_route(const RoutingTable& table, const RouteQuery& query,
                       const TargetConditions& conditions) {
  const std::size_t none = table.routes.size();
  if (const std::size_t exact = find_exact(table, query.model); exact != none) return exact;

  std::string_view plain_model = query.model;
  const bool long_context = plain_model.ends_with(kLongContextSuffix);
  if (long_context) {
    plain_model.remove_suffix(kLongContextSuffix.size());
    if (const std::size_t exact = find_exact(table, plain_model); exact != none) return exact;
  }
  const std::size_t glob = find_glob(table, query.model, query, conditions);
  return glob == none && long_context ? find_glob(table, plain_model, query, conditions) : glob;
}

}  // namespace balancer::routing
