#include "controlplane/domain/control_plane.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "common/log/log.hpp"
#include "controlplane/domain/decision_reason.hpp"

namespace balancer::controlplane {
namespace {

std::string random_epoch() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

void log_change(const ProviderStatus& status) {
  if (status.state == ProviderStatus::State::kCooling) {
    log::warn("provider cooling", {{"provider", status.provider},
                                   {"cooldown_seconds", status.remaining_cooldown.count() / 1000.0},
                                   {"failure_count", status.failure_count},
                                   {"reason", status.last_error}});
  } else if (status.state == ProviderStatus::State::kHealthy && status.cooling_models.empty()) {
    log::info("provider recovered", {{"provider", status.provider}});
  }
  for (const ModelCooldown& model : status.cooling_models) {
    log::warn("model cooling", {{"provider", status.provider},
                                {"model", model.upstream_model},
                                {"cooldown_seconds", model.remaining.count() / 1000.0},
                                {"reason", model.last_error}});
  }
}

ObservedRequest observed(const DecisionQuery& query, const Decision& decision, RouteExplanation explanation) {
  ObservedRequest request;
  request.summary.request_id = query.request_id;
  request.summary.model = query.route.model;
  request.summary.caller = query.caller;
  request.summary.route = explanation.route;
  request.summary.stream = query.stream;
  request.gateway_id = query.gateway_id;
  request.reason = decision_reason(decision.outcome, explanation, query.route.pinned_provider);
  request.explanation = std::move(explanation);
  return request;
}

std::vector<routing::TurnTaking> fresh_turns(const routing::RoutingTable& table) {
  std::vector<routing::TurnTaking> turns;
  turns.reserve(table.routes.size());
  for (const routing::Route& route : table.routes) turns.emplace_back(route, strategy_of(table, route));
  return turns;
}

}  // namespace

ControlPlane::ControlPlane(Config initial, ConfigSource source, const Clock& clock)
    : source_(std::move(source)),
      clock_(clock),
      epoch_(random_epoch()),
      start_time_(clock.wall_now()),
      random_(std::random_device{}()),
      responses_(clock),
      activity_(clock) {
  adopt(std::move(initial));
  reloads_.record({.time = start_time_, .outcome = ReloadOutcome::kApplied, .problems = {}});
}

ControlPlane::~ControlPlane() = default;

std::shared_ptr<ControlPlane::Generation> ControlPlane::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

std::shared_ptr<const Config> ControlPlane::config() const {
  std::shared_ptr<Generation> current = generation();
  const Config* config = &current->config;
  return {std::move(current), config};
}

Decision ControlPlane::decide(const DecisionQuery& query, AttemptLedger& ledger) {
  const bool reasons = !query.dry_run && !query.request_id.empty() && activity_.wants_reasons();
  Outcome outcome = decide_and_settle(query, reasons ? Reasons::kWanted : Reasons::kNotWanted, ledger);
  if (outcome.explanation) {
    activity_.observe_decision(outcome.decision.outcome, observed(query, outcome.decision, std::move(*outcome.explanation)));
  } else if (!query.dry_run) {
    activity_.observe_decision(outcome.decision.outcome);
  }
  return std::move(outcome.decision);
}

ControlPlane::Outcome ControlPlane::decide_and_settle(const DecisionQuery& query, Reasons reasons,
                                                      AttemptLedger& ledger) {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Generation> current = generation_;
  const Snapshot& snapshot = current->config.snapshot;
  const ProviderHealthTable::View conditions(health_, now);
  const std::size_t route = find_route(snapshot.routing, query.route, conditions);

  routing::Selection selection{.places = {}, .random = random_(), .session_target = std::nullopt};
  std::string_view home_name;
  if (route < turns_.size()) {
    selection.places = turns_[route].places();
    if (!query.session_key.empty() && !query.session_start) {
      const std::string& pattern = snapshot.routing.routes[route].pattern;
      const SessionHome* const home = query.dry_run ? sessions_.peek(query.session_key, pattern, now)
                                                    : sessions_.find(query.session_key, pattern, now);
      selection.session_target = session_target(snapshot, route, home);
      if (home != nullptr) home_name = home->provider;
    }
  }
  routing::RoutingDecision outcome = plan_attempts(snapshot.routing, query.route, route, conditions, selection);
  std::optional<RouteExplanation> explanation;
  if (reasons == Reasons::kWanted) {
    explanation = explain_route(snapshot, query.route, route, conditions, outcome);
    explanation->session_provider = home_name;
  }
  if (auto* plan = std::get_if<routing::AttemptPlan>(&outcome); plan && !query.dry_run) {
    using Where = routing::AnswerElsewhere::Where;
    Sharing sharing = look_up(*plan, route, query, ledger);
    if (sharing.outcome == SharingOutcome::kHit) {
      outcome = routing::AnswerElsewhere{Where::kCached, std::move(sharing.found)};
    } else if (sharing.outcome == SharingOutcome::kJoin) {
      outcome = routing::AnswerElsewhere{Where::kUnderWay};
    } else {
      plan->leads = sharing.outcome == SharingOutcome::kLead;
      settle(*plan, route, query, selection.session_target, ledger, now);
    }
  }
  return {.decision = {.config = {current, &current->config}, .outcome = std::move(outcome)},
          .explanation = std::move(explanation)};
}

Sharing ControlPlane::look_up(const routing::AttemptPlan& plan, std::size_t route, const DecisionQuery& query,
                              const AttemptLedger& ledger) {
  if (!query.sharing) return {};
  const std::vector<routing::RouteTarget>& targets = generation_->config.snapshot.routing.routes[route].targets;
  const std::string_view model = model_of(targets[plan.candidates.front().target], query.route);
  return responses_.look_up(*query.sharing, model, ledger.lead_owner());
}

void ControlPlane::settle(const routing::AttemptPlan& plan, std::size_t route, const DecisionQuery& query,
                          std::optional<std::size_t> session_target, AttemptLedger& ledger, Clock::TimePoint now) {
  const Snapshot& snapshot = generation_->config.snapshot;
  const routing::Candidate& first = plan.candidates.front();
  const std::string& provider = snapshot.providers[first.provider].name;
  const std::string_view model = first.upstream_model.empty() ? query.route.model : first.upstream_model;
  const std::vector<routing::RouteTarget>& targets = snapshot.routing.routes[route].targets;
  // Its own provider is only busy, or another one is pinned: the session comes back.
  const bool visits =
      session_target && first.target != session_target && is_well(targets[*session_target], query.route, now);
  health_.at(first.provider).begin_attempt();
  ledger.begin(provider);
  if (first.probe) {
    health_.at(first.provider).take_probe(model, ++last_probe_, now);
    ledger.take_probe({.id = last_probe_, .provider = provider, .upstream_model = std::string(model), .taken_at = now});
  } else if (first.target != session_target) {
    turns_[route].take(first.target);
  }
  if (!query.session_key.empty() && !visits) {
    sessions_.store(query.session_key, plan.route, {provider, first.upstream_model}, now);
  }
}

bool ControlPlane::is_well(const routing::RouteTarget& target, const routing::RouteQuery& query,
                           Clock::TimePoint now) const {
  if (!target.enabled || !generation_->config.snapshot.providers[target.provider].enabled) return false;
  return !ProviderHealthTable::View(health_, now).of(target.provider, model_of(target, query)).cooling;
}

std::optional<std::size_t> ControlPlane::session_target(const Snapshot& snapshot, std::size_t route,
                                                        const SessionHome* home) {
  if (home == nullptr) return std::nullopt;
  const std::vector<routing::RouteTarget>& targets = snapshot.routing.routes[route].targets;
  std::optional<std::size_t> passing_through;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (snapshot.providers[targets[i].provider].name != home->provider) continue;
    if (targets[i].upstream_model == home->upstream_model) return i;
    if (targets[i].upstream_model.empty() && !passing_through) passing_through = i;
  }
  return passing_through;
}

void ControlPlane::record(const routing::AttemptReport& report, AttemptLedger& ledger) {
  const Cooldown::Moment at = moment();
  std::optional<ProviderStatus> changed;
  {
    const std::lock_guard lock(mutex_);
    ProviderHealth* const health = health_.find(report.provider);
    if (report.outcome != routing::AttemptOutcome::kAnswering) {
      if (ledger.end(report.provider) && health != nullptr) health->end_attempt();
      if (ProviderHealth* const next = health_.find(report.next_provider)) {
        ledger.begin(report.next_provider);
        next->begin_attempt();
      }
    }
    ProbeId probe = kNoProbe;
    if (report.probe) {
      probe = ledger.find_probe(report.provider, report.upstream_model, at.now - report.age - report.total_time);
      if (report.outcome != routing::AttemptOutcome::kAnswering) ledger.end_probe(probe);
    }
    if (report.outcome == routing::AttemptOutcome::kSuccess && !report.session_key.empty()) {
      sessions_.store(report.session_key, report.route, {report.provider, report.upstream_model}, at.now);
    }
    if (health != nullptr && health->record(report, probe, health_.settings(), at)) {
      changed = health_.status(report.provider, at.now);
    }
  }
  announce(changed);
}

CheckTurn ControlPlane::take_check_turn(std::string_view provider, std::string_view upstream_model,
                                        AttemptLedger& ledger) {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  ProviderHealth* const health = health_.find(provider);
  if (health == nullptr) return {};
  const routing::TargetCondition condition = health->condition(upstream_model, 0, now);
  if (!condition.cooling) return {.kind = CheckTurn::Kind::kCheck, .wait = {}};
  if (health->take_probe(upstream_model, ++last_probe_, now + CheckTurn::kProbeLead)) {
    ledger.take_probe({.id = last_probe_,
                       .provider = std::string(provider),
                       .upstream_model = std::string(upstream_model),
                       .taken_at = now});
    return {.kind = CheckTurn::Kind::kProbe, .wait = {}};
  }
  const std::chrono::nanoseconds wait = condition.remaining_cooldown - CheckTurn::kProbeLead;
  return {.kind = CheckTurn::Kind::kNotNow, .wait = std::max(wait, std::chrono::nanoseconds(0))};
}

void ControlPlane::abandon(AttemptLedger& ledger) {
  if (ledger.lead_owner() != nullptr) responses_.abandon(*ledger.lead_owner());
  const std::lock_guard lock(mutex_);
  for (const auto& [provider, count] : ledger.in_flight()) {
    ProviderHealth* const health = health_.find(provider);
    for (int i = 0; i < count && health != nullptr; ++i) health->end_attempt();
  }
  for (const AttemptLedger::Probe& probe : ledger.probes()) {
    if (ProviderHealth* const health = health_.find(probe.provider)) health->give_probe_back(probe.id);
  }
  ledger = {};
}

void ControlPlane::adopt(const std::vector<ProviderStatus>& remembered) {
  for (const ProviderStatus& status : remembered) {
    const Cooldown::Moment at = moment();
    std::optional<ProviderStatus> changed;
    {
      const std::lock_guard lock(mutex_);
      ProviderHealth* const health = health_.find(status.provider);
      if (health == nullptr) continue;
      bool news = false;
      if (status.state == ProviderStatus::State::kCooling) {
        news = health->adopt({}, status.remaining_cooldown, status.last_error, at);
      }
      for (const ModelCooldown& model : status.cooling_models) {
        news = health->adopt(model.upstream_model, model.remaining, model.last_error, at) || news;
      }
      if (news) changed = health_.status(status.provider, at.now);
    }
    announce(changed);
  }
}

Cooldown::Moment ControlPlane::moment() {
  const std::lock_guard lock(mutex_);
  return {.now = clock_.now(), .wall_now = clock_.wall_now(), .jitter = std::uniform_real_distribution<>(0, 1)(random_)};
}

bool ControlPlane::is_new_cooldown(const ProviderStatus& status) {
  // It is told in whole milliseconds, a moment after it was found.
  constexpr std::chrono::milliseconds kInexact{50};
  const Clock::TimePoint end = clock_.now() + status.remaining_cooldown;
  const std::lock_guard lock(mutex_);
  if (status.state != ProviderStatus::State::kCooling) {
    cooldown_ends_.erase(status.provider);
    return false;
  }
  const auto [known, first] = cooldown_ends_.try_emplace(status.provider, end);
  if (!first && end <= known->second + kInexact) return false;
  known->second = end;
  return true;
}

void ControlPlane::announce(const std::optional<ProviderStatus>& changed) {
  if (!changed) return;
  log_change(*changed);
  if (is_new_cooldown(*changed)) activity_.observe_cooldown(changed->provider);
  listeners_.notify_provider_changed(changed->provider);
}

bool ControlPlane::adopt(Config candidate) {
  Snapshot& snapshot = candidate.snapshot;
  snapshot.epoch = epoch_;
  snapshot.version = 1;
  snapshot.load_time = clock_.wall_now();
  if (const std::shared_ptr<Generation> former = generation()) {
    const Snapshot& served = former->config.snapshot;
    const Clock::WallTime load_time = std::exchange(snapshot.load_time, served.load_time);
    snapshot.version = served.version;
    if (candidate == former->config) return false;
    snapshot.version = served.version + 1;
    snapshot.load_time = load_time;
  }

  auto next = std::make_shared<Generation>(Generation{std::move(candidate)});
  const std::lock_guard lock(mutex_);
  generation_.swap(next);
  const Config& config = generation_->config;
  health_.configure(config.health, config.snapshot.providers);
  turns_ = fresh_turns(config.snapshot.routing);
  sessions_.set_idle_limit(config.affinity.sticky_duration);
  responses_.configure(config.cache, config.snapshot.response_sharing);
  return true;
}

std::vector<ProviderStatus> ControlPlane::provider_statuses() const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  return health_.statuses(now);
}

bool ControlPlane::is_cooling(std::string_view provider, std::string_view upstream_model) const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  const ProviderHealth* const health = health_.find(provider);
  return health != nullptr && health->condition(upstream_model, 0, now).remaining_cooldown.count() > 0;
}

std::optional<ProviderStatus> ControlPlane::provider_status(std::string_view provider) const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  return health_.status(provider, now);
}

}  // namespace balancer::controlplane
