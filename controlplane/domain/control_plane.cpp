#include "controlplane/domain/control_plane.hpp"

#include <fmt/format.h>

#include <atomic>
#include <random>
#include <utility>

#include "common/log/log.hpp"

namespace balancer::controlplane {
namespace {

std::string random_epoch() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

std::uint64_t random_number() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return generator();
}

// The provider whose probe the plan asks for; probes come first. Null for none.
const routing::Candidate* probe_of(const routing::RoutingDecision& decision) {
  const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
  return plan != nullptr && plan->candidates.front().probe ? &plan->candidates.front() : nullptr;
}

void log_problems(const std::vector<ConfigProblem>& problems) {
  for (const ConfigProblem& problem : problems) {
    if (problem.severity == ConfigProblem::Severity::kError) {
      log::error("configuration problem", {{"problem", to_string(problem)}});
    } else {
      log::warn("configuration problem", {{"problem", to_string(problem)}});
    }
  }
}

void log_change(const ProviderStatus& status) {
  if (status.state == ProviderStatus::State::kCooling) {
    log::warn("provider cooling", {{"provider", status.provider},
                                   {"cooldown_seconds", status.remaining_cooldown.count() / 1000.0},
                                   {"failure_count", status.failure_count},
                                   {"reason", status.last_error}});
  } else {
    log::info("provider recovered", {{"provider", status.provider}});
  }
}

}  // namespace

struct ControlPlane::Generation {
  explicit Generation(Config value) : config(std::move(value)), turns(config.snapshot.routing.routes.size()) {}

  const Config config;
  // One a route.
  std::vector<std::atomic<std::uint64_t>> turns;
};

ControlPlane::ControlPlane(Config initial, ConfigSource source, const Clock& clock)
    : source_(std::move(source)), clock_(clock), epoch_(random_epoch()) {
  adopt(std::move(initial));
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

Decision ControlPlane::decide(const routing::RouteQuery& query) {
  const Clock::TimePoint now = clock_.now();
  for (;;) {
    std::shared_ptr<Generation> current;
    std::vector<routing::ProviderCondition> conditions;
    {
      const std::lock_guard lock(mutex_);
      current = generation_;
      conditions = health_.conditions(now);
    }
    const Snapshot& snapshot = current->config.snapshot;
    const std::size_t route = find_route(snapshot.routing, query, conditions);
    routing::Selection selection{.turn = 0, .random = random_number()};
    if (route < current->turns.size()) selection.turn = current->turns[route].fetch_add(1, std::memory_order_relaxed);
    routing::RoutingDecision outcome = plan_attempts(snapshot.routing, query, route, conditions, selection);

    if (const routing::Candidate* probe = probe_of(outcome)) {
      const std::lock_guard lock(mutex_);
      // Another decision was quicker: plan again without the probe.
      if (!health_.take_probe(snapshot.providers[probe->provider].name, now)) continue;
    }
    const Config* config = &current->config;
    return {.config = {std::move(current), config}, .outcome = std::move(outcome)};
  }
}

void ControlPlane::record(const routing::AttemptReport& report) {
  const ProviderHealth::Moment moment{.now = clock_.now(), .wall_now = clock_.wall_now()};
  std::optional<ProviderStatus> changed;
  {
    const std::lock_guard lock(mutex_);
    if (health_.record(report, moment)) changed = health_.status(report.provider, moment.now);
  }
  if (!changed) return;
  log_change(*changed);
  listeners_.notify_provider_changed(report.provider);
}

ConfigReload ControlPlane::reload() {
  const std::lock_guard reloading(reload_mutex_);
  ConfigLoad load = source_();
  if (!load.config) {
    log_problems(load.problems);
    log::error("configuration refused; the former one stays in force",
               {{"snapshot_version", config()->snapshot.version}});
    return {.snapshot_version = 0, .problems = std::move(load.problems)};
  }
  const bool changed = adopt(std::move(*load.config));
  const std::uint64_t version = config()->snapshot.version;
  if (changed) {
    log_problems(load.problems);
    log::info("configuration reloaded", {{"snapshot_version", version}});
    listeners_.notify_config_changed();
  }
  return {.snapshot_version = version, .problems = std::move(load.problems)};
}

bool ControlPlane::adopt(Config candidate) {
  Snapshot& snapshot = candidate.snapshot;
  snapshot.epoch = epoch_;
  snapshot.version = 1;
  snapshot.load_time = clock_.wall_now();
  if (snapshot.service_version.empty()) snapshot.service_version = BALANCER_VERSION;
  if (const std::shared_ptr<Generation> former = generation()) {
    const Snapshot& served = former->config.snapshot;
    const Clock::WallTime load_time = std::exchange(snapshot.load_time, served.load_time);
    snapshot.version = served.version;
    if (candidate == former->config) return false;
    snapshot.version = served.version + 1;
    snapshot.load_time = load_time;
  }

  auto next = std::make_shared<Generation>(std::move(candidate));
  const std::lock_guard lock(mutex_);
  generation_.swap(next);
  health_.configure(generation_->config.health, generation_->config.snapshot.providers);
  return true;
}

std::vector<ProviderStatus> ControlPlane::provider_statuses() const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  return health_.statuses(now);
}

std::optional<ProviderStatus> ControlPlane::provider_status(std::string_view provider) const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  return health_.status(provider, now);
}

}  // namespace balancer::controlplane
