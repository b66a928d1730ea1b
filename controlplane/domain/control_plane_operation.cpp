// What operators ask of a control plane.
#include <utility>

#include "common/log/log.hpp"
#include "controlplane/domain/control_plane.hpp"

namespace balancer::controlplane {
namespace {

void log_problems(const std::vector<ConfigProblem>& problems) {
  for (const ConfigProblem& problem : problems) {
    if (problem.severity == ConfigProblem::Severity::kError) {
      log::error("configuration problem", {{"problem", to_string(problem)}});
    } else {
      log::warn("configuration problem", {{"problem", to_string(problem)}});
    }
  }
}

}  // namespace

RouteExplanation ControlPlane::explain(const DecisionQuery& query) const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  const Snapshot& snapshot = generation_->config.snapshot;
  const ProviderHealthTable::View conditions(health_, now);
  const std::size_t route = find_route(snapshot.routing, query.route, conditions);
  routing::Selection selection;
  const SessionHome* home = nullptr;
  if (route < turns_.size()) {
    selection.places = turns_[route].places();
    if (!query.session_key.empty() && !query.session_start) {
      home = sessions_.peek(query.session_key, snapshot.routing.routes[route].pattern, now);
    }
    selection.session_target = session_target(snapshot, route, home);
  }
  RouteExplanation explanation =
      explain_route(snapshot, query.route, route, conditions,
                    plan_attempts(snapshot.routing, query.route, route, conditions, selection));
  if (home != nullptr) explanation.session_provider = home->provider;
  return explanation;
}

bool ControlPlane::hold_provider(std::string_view provider, std::chrono::milliseconds duration) {
  const Cooldown::Moment at = moment();
  std::optional<ProviderStatus> status;
  {
    const std::lock_guard lock(mutex_);
    ProviderHealth* const health = health_.find(provider);
    if (health == nullptr) return false;
    health->hold(duration, at);
    status = health_.status(provider, at.now);
  }
  announce(status);
  return true;
}

bool ControlPlane::restore_provider(std::string_view provider) {
  std::optional<ProviderStatus> status;
  {
    const std::lock_guard lock(mutex_);
    ProviderHealth* const health = health_.find(provider);
    if (health == nullptr) return false;
    const Clock::TimePoint now = clock_.now();
    health->restore(now);
    status = health_.status(provider, now);
  }
  announce(status);
  return true;
}

void ControlPlane::drain_gateway(const std::string& id, bool drain) {
  gateways_.set_drain(id, drain);
  log::info(drain ? "gateway is to leave rotation" : "gateway is to return to rotation", {{"gateway", id}});
  listeners_.notify_gateway_changed(id);
}

ConfigReload ControlPlane::reload() {
  const std::lock_guard reloading(reload_mutex_);
  ConfigLoad load = source_();
  if (!load.config) {
    log_problems(load.problems);
    log::error("configuration refused; the former one stays in force",
               {{"snapshot_version", config()->snapshot.version}});
    reloads_.record({.time = clock_.wall_now(), .outcome = ReloadOutcome::kRefused, .problems = load.problems});
    listeners_.count_change();
    return {.snapshot_version = 0, .problems = std::move(load.problems)};
  }
  const bool changed = adopt(std::move(*load.config));
  const std::uint64_t version = config()->snapshot.version;
  reloads_.record({.time = clock_.wall_now(),
                   .outcome = changed ? ReloadOutcome::kApplied : ReloadOutcome::kUnchanged,
                   .problems = load.problems});
  if (changed) {
    log_problems(load.problems);
    log::info("configuration reloaded", {{"snapshot_version", version}});
    listeners_.notify_config_changed();
  }
  return {.snapshot_version = version, .problems = std::move(load.problems)};
}

}  // namespace balancer::controlplane
