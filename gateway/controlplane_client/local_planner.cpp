#include "gateway/controlplane_client/local_planner.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace balancer::gateway {

void LocalPlanner::hear(const ProviderStatuses& statuses) {
  if (statuses.scope == ProviderStatuses::Scope::kEveryProvider) {
    for (auto& [name, health] : sick_) health.heard_until = {};
  }
  for (const HeardStatus& status : statuses.statuses) {
    if (status.cooling_until) {
      sick_[status.provider].heard_until = *status.cooling_until;
    } else if (const auto known = sick_.find(status.provider); known != sick_.end()) {
      known->second.heard_until = {};
    }
  }
  boost::unordered::erase_if(sick_, [](const auto& entry) {
    const Health& health = entry.second;
    return std::max({health.heard_until, health.retry_until, health.failed_at}) == TimePoint{};
  });
}

void LocalPlanner::record(const routing::AttemptReport& report, TimePoint now) {
  if (report.outcome == routing::AttemptOutcome::kSuccess) {
    if (const auto known = sick_.find(report.provider); known != sick_.end()) sick_.erase(known);
    return;
  }
  if (!routing::is_provider_failure(report.outcome)) {
    // Says nothing about the provider, but a probe is over.
    const auto known = sick_.find(report.provider);
    if (report.probe && known != sick_.end()) known->second.probe_lease_until = {};
    return;
  }
  Health& health = sick_[report.provider];
  health.probe_lease_until = {};
  if (report.retry_delay) {
    const auto delay = std::min<std::chrono::milliseconds>(*report.retry_delay, kRetryDelayLimit);
    health.retry_until = std::max(health.retry_until, now + delay);
  } else {
    health.failed_at = now;
  }
}

LocalPlanner::TimePoint LocalPlanner::cooling_until(const Health& health, std::chrono::milliseconds failure_cooldown) {
  const TimePoint until = std::max(health.heard_until, health.retry_until);
  return health.failed_at == TimePoint{} ? until : std::max(until, health.failed_at + failure_cooldown);
}

void LocalPlanner::assess_providers(const Snapshot& snapshot, TimePoint now) {
  conditions_.assign(snapshot.routing.providers.size(), {});
  if (sick_.empty()) return;
  for (std::size_t i = 0; i < conditions_.size(); ++i) {
    const auto known = sick_.find(snapshot.routing.providers[i].name);
    if (known == sick_.end()) continue;
    const TimePoint until = cooling_until(known->second, snapshot.failure_cooldown);
    conditions_[i].cooling = true;
    conditions_[i].probe_due = until <= now && known->second.probe_lease_until <= now;
    conditions_[i].remaining_cooldown = (until - now).count();
  }
}

routing::RoutingDecision LocalPlanner::plan(const routing::RouteQuery& query, const Snapshot& snapshot,
                                            TimePoint now) {
  assess_providers(snapshot, now);
  const std::size_t route = routing::find_route(snapshot.routing, query, conditions_);
  if (turns_.size() < snapshot.routing.routes.size()) turns_.resize(snapshot.routing.routes.size());
  const routing::Selection selection{.turn = route < turns_.size() ? turns_[route]++ : 0, .random = random_()};

  routing::RoutingDecision decision = routing::plan_attempts(snapshot.routing, query, route, conditions_, selection);
  if (const auto* plan = std::get_if<routing::AttemptPlan>(&decision)) {
    for (const routing::Candidate& candidate : plan->candidates) {
      if (!candidate.probe) continue;
      sick_.find(snapshot.routing.providers[candidate.provider].name)->second.probe_lease_until = now + kProbeLease;
    }
  }
  return decision;
}

}  // namespace balancer::gateway
