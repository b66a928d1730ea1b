#include "common/routing/attempt_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/routing/selection_order.hpp"

namespace balancer::routing {
namespace {

using Targets = std::vector<JudgedTarget>;

// Busy providers are busy for as long as their answers take; nobody knows how long that is.
constexpr std::chrono::seconds kBusyRetryDelay{1};

Rejection no_route(const RouteQuery& query) {
  return {RejectionReason::kNoRoute, fmt::format("model: {} matches no entry of model_routes", query.model)};
}

Rejection nobody_eligible(const Route& route, const RouteQuery& query) {
  if (!query.pinned_provider.empty()) {
    return {RejectionReason::kUnknownProvider,
            fmt::format("provider: {} is not a provider that serves {}", query.pinned_provider, query.model)};
  }
  return {RejectionReason::kNoProvider, fmt::format("model: every provider of route {} is disabled", route.pattern)};
}

std::optional<std::chrono::milliseconds> soonest_recovery(const Targets& targets, const JudgedTarget* probe = nullptr) {
  std::optional<std::chrono::milliseconds> soonest;
  for (const JudgedTarget& target : targets) {
    if (!is_cooling(target.verdict) || &target == probe) continue;
    const auto left = std::max(std::chrono::ceil<std::chrono::milliseconds>(target.condition.remaining_cooldown),
                               std::chrono::milliseconds(0));
    soonest = std::min(soonest.value_or(left), left);
  }
  return soonest;
}

class Planner {
 public:
  Planner(const RoutingTable& table, const Route& route, const RouteQuery& query, const TargetConditions& conditions,
          const Selection& selection)
      : table_(table), route_(route), query_(query), selection_(selection),
        targets_(judge_targets(table, route, query, conditions)) {}

  RoutingDecision plan() {
    std::erase_if(targets_, [](const JudgedTarget& target) {
      return target.verdict == TargetVerdict::kDisabled || target.verdict == TargetVerdict::kNotPinned;
    });
    if (targets_.empty()) return nobody_eligible(route_, query_);
    std::stable_sort(targets_.begin(), targets_.end(), [](const JudgedTarget& a, const JudgedTarget& b) {
      return a.target->priority < b.target->priority;
    });

    const auto first_unusable = std::stable_partition(targets_.begin(), targets_.end(),
                                                      [](const JudgedTarget& t) { return is_usable(t.verdict); });
    const Targets others(first_unusable, targets_.end());
    targets_.erase(first_unusable, targets_.end());
    order_targets(targets_, strategy_of(table_, route_), selection_);

    const JudgedTarget* const probe = keeps_session_target() ? nullptr : probe_among(others);
    AttemptPlan plan{.candidates = {}, .route = route_.pattern, .soonest_recovery = soonest_recovery(others, probe)};
    if (probe != nullptr) plan.candidates.push_back(candidate(*probe, /*probe=*/true, /*last_resort=*/false));
    for (const JudgedTarget& target : targets_) plan.candidates.push_back(candidate(target, false, false));
    if (!targets_.empty()) return plan;
    if (probe == nullptr && may_only_wait(others)) return rejection(others);
    add_last_resorts(others, probe, plan);
    return plan;
  }

 private:
  // Puts the session's own target first.
  bool keeps_session_target() {
    if (!selection_.session_target) return false;
    const auto kept = std::find_if(targets_.begin(), targets_.end(),
                                   [&](const JudgedTarget& t) { return t.index == *selection_.session_target; });
    if (kept == targets_.end()) return false;
    std::rotate(targets_.begin(), kept, kept + 1);
    return true;
  }

  // A probe is a real request: it goes first, so that recovery is noticed, and falls over to the others.
  [[nodiscard]] const JudgedTarget* probe_among(const Targets& others) const {
    const JudgedTarget* probe = nullptr;
    for (const JudgedTarget& target : others) {
      if (target.verdict != TargetVerdict::kProbeDue) continue;
      if (selection_.session_target == target.index) return &target;
      if (probe == nullptr) probe = &target;
    }
    return probe;
  }

  [[nodiscard]] bool may_only_wait(const Targets& others) const {
    return table_.when_all_cooling == AllCooling::kFailFast || is_anybody_busy(others);
  }

  static bool is_anybody_busy(const Targets& others) {
    return std::any_of(others.begin(), others.end(), [](const auto& t) { return t.verdict == TargetVerdict::kBusy; });
  }

  [[nodiscard]] Rejection rejection(const Targets& others) const {
    if (is_anybody_busy(others)) {
      return {RejectionReason::kAllBusy,
              fmt::format("the providers of route {} have as many requests as they may (max_in_flight)",
                          route_.pattern),
              kBusyRetryDelay};
    }
    return {RejectionReason::kAllCooling,
            fmt::format("every provider of route {} has failed and is left alone for a while", route_.pattern),
            soonest_recovery(others)};
  }

  void add_last_resorts(Targets others, const JudgedTarget* probe, AttemptPlan& plan) const {
    if (table_.when_all_cooling == AllCooling::kFailFast) return;
    const std::optional<std::size_t> probed = probe ? std::optional(probe->index) : std::nullopt;
    std::erase_if(others, [&](const JudgedTarget& t) { return !is_cooling(t.verdict) || t.index == probed; });
    std::stable_sort(others.begin(), others.end(), [](const JudgedTarget& a, const JudgedTarget& b) {
      return a.condition.remaining_cooldown < b.condition.remaining_cooldown;
    });
    for (const JudgedTarget& target : others) plan.candidates.push_back(candidate(target, false, /*last_resort=*/true));
  }

  static Candidate candidate(const JudgedTarget& target, bool probe, bool last_resort) {
    return {.provider = target.target->provider,
            .upstream_model = target.target->upstream_model,
            .probe = probe,
            .last_resort = last_resort,
            .target = target.index};
  }

  const RoutingTable& table_;
  const Route& route_;
  const RouteQuery& query_;
  const Selection& selection_;
  Targets targets_;
};

}  // namespace

RoutingDecision plan_attempts(const RoutingTable& table, const RouteQuery& query, std::size_t route_index,
                              const TargetConditions& conditions, const Selection& selection) {
  if (route_index >= table.routes.size()) return no_route(query);
  return Planner(table, table.routes[route_index], query, conditions, selection).plan();
}

}  // namespace balancer::routing
