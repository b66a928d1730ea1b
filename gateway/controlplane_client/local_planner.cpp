#include "gateway/controlplane_client/local_planner.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include "common/routing/cooldown_policy.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

// Where a provider's own scope ends and a model's begins: no name holds it.
constexpr char kSeparator = '\n';

// The same for all requests of a session.
std::uint64_t number_of(std::string_view session_key) {
  std::uint64_t number = 0;
  std::memcpy(&number, session_key.data(), std::min(session_key.size(), sizeof number));
  return number;
}

}  // namespace

class LocalPlanner::Conditions final : public routing::TargetConditions {
 public:
  Conditions(const LocalPlanner& planner, const Snapshot& snapshot, TimePoint now)
      : planner_(planner), snapshot_(snapshot), now_(now) {}

  [[nodiscard]] routing::TargetCondition of(std::size_t provider, std::string_view upstream_model) const override {
    routing::TargetCondition condition;
    if (planner_.sick_.empty()) return condition;
    const std::string& name = snapshot_.providers[provider].name;
    for (const std::string_view model : {std::string_view(), upstream_model}) {
      const Health* const health = planner_.find(name, model);
      if (health == nullptr) continue;
      const TimePoint until = health->until();
      const bool due = until <= now_ && health->probe_lease_until <= now_;
      condition.probe_due = due && (!condition.cooling || condition.probe_due);
      condition.cooling = true;
      condition.remaining_cooldown = std::max<std::chrono::nanoseconds>(condition.remaining_cooldown, until - now_);
    }
    return condition;
  }

 private:
  const LocalPlanner& planner_;
  const Snapshot& snapshot_;
  const TimePoint now_;
};

std::string LocalPlanner::scope_name(std::string_view provider, std::string_view upstream_model) {
  std::string name(provider);
  if (upstream_model.empty()) return name;
  name += kSeparator;
  name += upstream_model;
  return name;
}

const LocalPlanner::Health* LocalPlanner::find(std::string_view provider, std::string_view upstream_model) const {
  const auto known = upstream_model.empty() ? sick_.find(provider) : sick_.find(scope_name(provider, upstream_model));
  return known != sick_.end() ? &known->second : nullptr;
}

// What the control plane says of a provider replaces what it said before. A control plane that has just started knows
// nothing yet of what failed here; later it knows all of it.
void LocalPlanner::forget_before(const HeardStatus& status, ProviderStatuses::Scope scope) {
  for (auto& [name, health] : sick_) {
    if (!name.starts_with(status.provider)) continue;
    const bool whole = name.size() == status.provider.size();
    if (!whole && name[status.provider.size()] != kSeparator) continue;
    health.heard_until = {};
    const bool well = !whole || !status.cooling_until;
    if (well && scope == ProviderStatuses::Scope::kChangedProviders) health.named_until = health.failed_until = {};
  }
}

void LocalPlanner::hear(const ProviderStatuses& statuses, TimePoint now) {
  if (statuses.scope == ProviderStatuses::Scope::kEveryProvider) {
    for (auto& [name, health] : sick_) health.heard_until = {};
  }
  for (const HeardStatus& status : statuses.statuses) {
    if (!sick_.empty()) forget_before(status, statuses.scope);
    if (status.cooling_until) {
      Health& health = sick_[status.provider];
      health.heard_until = *status.cooling_until;
      health.known_since = now;
    }
    for (const HeardModelCooldown& model : status.cooling_models) {
      if (Health* const health = health_of(scope_name(status.provider, model.upstream_model), now)) {
        health->heard_until = model.until;
        health->known_since = now;
      }
    }
  }
  boost::unordered::erase_if(sick_, [](const auto& entry) { return entry.second.until() == TimePoint{}; });
}

LocalPlanner::Health* LocalPlanner::health_of(std::string name, TimePoint now) {
  if (const auto known = sick_.find(name); known != sick_.end()) return &known->second;
  if (sick_.size() >= kMaxSick) {
    boost::unordered::erase_if(sick_, [&](const auto& entry) { return entry.second.until() <= now; });
  }
  return sick_.size() < kMaxSick ? &sick_[std::move(name)] : nullptr;
}

void LocalPlanner::record(const routing::AttemptReport& report, TimePoint now) {
  if (report.probe) {
    // Whatever it found, the probe is over.
    for (const std::string& name : {report.provider, scope_name(report.provider, report.upstream_model)}) {
      if (const auto known = sick_.find(name); known != sick_.end()) known->second.probe_lease_until = {};
    }
  }
  if (is_provider_failure(report.outcome)) {
    record_failure(report, now);
  } else if (report.outcome == AttemptOutcome::kSuccess || report.outcome == AttemptOutcome::kAnswering) {
    record_success(report, now);
  }
}

void LocalPlanner::record_success(const routing::AttemptReport& report, TimePoint now) {
  if (sick_.empty()) return;
  const TimePoint began = now - report.total_time;
  for (const std::string& name : {report.provider, scope_name(report.provider, report.upstream_model)}) {
    const auto known = sick_.find(name);
    if (known != sick_.end() && (report.probe || began >= known->second.known_since)) sick_.erase(known);
  }
}

void LocalPlanner::record_failure(const routing::AttemptReport& report, TimePoint now) {
  const bool names_delay = report.retry_delay.has_value();
  const bool of_model = scope_of(report.outcome, names_delay) == routing::FailureScope::kModel;
  Health* const health =
      of_model ? health_of(scope_name(report.provider, report.upstream_model), now) : &sick_[report.provider];
  if (health == nullptr) return;
  // It began before what is known already.
  if (!report.probe && !names_delay && now - report.total_time < health->known_since) return;
  const TimePoint until = now + cooldown_of(report, 0, 0, cooldown_);
  TimePoint& end = names_delay ? health->named_until : health->failed_until;
  end = std::max(end, until);
  health->known_since = now;
}

routing::RoutingDecision LocalPlanner::plan(const DecisionRequest& request, const Snapshot& snapshot, TimePoint now) {
  const routing::RouteQuery query{.model = request.model, .pinned_provider = request.pinned_provider};
  const Conditions conditions(*this, snapshot, now);
  const std::size_t route = routing::find_route(snapshot.routing, query, conditions);
  routing::Selection selection{.places = {}, .random = random_(), .session_target = std::nullopt};
  if (!request.session_key.empty()) {
    // Every thread and every gateway chooses alike, though none remembers.
    selection.random = number_of(request.session_key);
    if (route < snapshot.routing.routes.size()) {
      const auto& targets = snapshot.routing.routes[route].targets;
      const bool spread = strategy_of(snapshot.routing, snapshot.routing.routes[route]) != routing::SelectionStrategy::kPriority;
      if (spread) selection.session_target = selection.random % targets.size();
    }
  } else if (route < snapshot.routing.routes.size()) {
    selection.places = turns_of(snapshot, route).places();
  }

  routing::RoutingDecision decision = routing::plan_attempts(snapshot.routing, query, route, conditions, selection);
  const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
  if (plan == nullptr || request.dry_run) return decision;
  const routing::Candidate& first = plan->candidates.front();
  if (first.probe) {
    const std::string_view model = first.upstream_model.empty() ? request.model : std::string_view(first.upstream_model);
    lend_probe(snapshot.providers[first.provider].name, model, now);
  } else if (!selection.places.empty()) {
    turns_[route].take(first.target);
  }
  return decision;
}

bool LocalPlanner::is_cooling(std::string_view provider, std::string_view upstream_model, TimePoint now) const {
  if (sick_.empty()) return false;
  for (const std::string_view model : {std::string_view(), upstream_model}) {
    const Health* const health = find(provider, model);
    if (health != nullptr && std::max(health->heard_until, health->named_until) > now) return true;
  }
  return false;
}

void LocalPlanner::lend_probe(std::string_view provider, std::string_view upstream_model, TimePoint now) {
  for (const std::string& name : {std::string(provider), scope_name(provider, upstream_model)}) {
    if (const auto known = sick_.find(name); known != sick_.end()) known->second.probe_lease_until = now + kProbeLease;
  }
}

routing::TurnTaking& LocalPlanner::turns_of(const Snapshot& snapshot, std::size_t route) {
  if (turns_version_ != snapshot.version || turns_epoch_ != snapshot.epoch || turns_.size() != snapshot.routing.routes.size()) {
    turns_.clear();
    for (const routing::Route& each : snapshot.routing.routes) turns_.emplace_back(each, strategy_of(snapshot.routing, each));
    turns_version_ = snapshot.version;
    turns_epoch_ = snapshot.epoch;
  }
  return turns_[route];
}

}  // namespace balancer::gateway
