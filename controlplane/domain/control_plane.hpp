// What the control plane knows and decides, apart from how it is asked: the configuration in force, the providers'
// health, whose turn it is, and which gateways listen.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/routing/turn_taking.hpp"
#include "common/time/clock.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/config/config_loader.hpp"
#include "controlplane/domain/activity.hpp"
#include "controlplane/domain/attempt_ledger.hpp"
#include "controlplane/domain/change_listeners.hpp"
#include "controlplane/domain/check_turn.hpp"
#include "controlplane/domain/connected_gateways.hpp"
#include "controlplane/domain/reload_history.hpp"
#include "controlplane/domain/route_explanation.hpp"
#include "controlplane/domain/session_affinity.hpp"
#include "controlplane/domain/shared_responses.hpp"
#include "controlplane/health/provider_health_table.hpp"

namespace balancer::controlplane {

// Reads the configuration as it is now.
using ConfigSource = std::function<ConfigLoad()>;

struct ConfigReload {
  // The version now in force; 0 when the configuration was refused and the former one stays.
  std::uint64_t snapshot_version = 0;
  // Warnings too.
  std::vector<ConfigProblem> problems;
};

// What is asked for one client request.
struct DecisionQuery {
  routing::RouteQuery route;
  // Opaque; empty when the request has none.
  std::string_view session_key;
  // What provider the session had means nothing to it any more.
  bool session_start = false;
  // Nothing comes of the decision: it takes no turn, no probe and no session, and says who would be asked even if the
  // answer exists.
  bool dry_run = false;
  // Nothing for a request whose answer is shared with nobody.
  std::optional<SharingQuery> sharing = std::nullopt;
  // For those who watch; all may be empty.
  std::string_view request_id{};
  std::string_view caller{};
  std::string_view gateway_id{};
  bool stream = false;
};

struct Decision {
  // The configuration that the decision was made with: its snapshot's providers are what candidates index.
  std::shared_ptr<const Config> config;
  routing::RoutingDecision outcome;
};

// Thread-safe.
class ControlPlane {
 public:
  // Serves `initial` as version 1. The clock must outlive this object.
  ControlPlane(Config initial, ConfigSource source, const Clock& clock);
  ~ControlPlane();
  ControlPlane(const ControlPlane&) = delete;
  ControlPlane& operator=(const ControlPlane&) = delete;

  // Never null; never changes once handed out.
  [[nodiscard]] std::shared_ptr<const Config> config() const;

  // Turns are exact over all callers. The first candidate counts as an attempt, and a probe is the plan's own: both are
  // entered into the caller's ledger until their reports come. A plan that leads is led by the ledger's lead owner.
  // An answer that is elsewhere costs nobody a turn, an attempt or a probe; a cached one comes with the decision.
  [[nodiscard]] Decision decide(const DecisionQuery& query, AttemptLedger& ledger);
  void record(const routing::AttemptReport& report, AttemptLedger& ledger);
  // For a health check, which is no attempt: only a probe that it takes is entered into the ledger. `upstream_model` is
  // empty for a check of the whole provider.
  [[nodiscard]] CheckTurn take_check_turn(std::string_view provider, std::string_view upstream_model,
                                          AttemptLedger& ledger);
  // The ledger's owner is gone: what it had under way ends, its leads too; its probes are handed out again.
  void abandon(AttemptLedger& ledger);
  // What decide() would say, and why. Changes nothing.
  [[nodiscard]] RouteExplanation explain(const DecisionQuery& query) const;

  // False for a provider that is not configured. See Cooldown::hold and ProviderHealth::restore.
  bool hold_provider(std::string_view provider, std::chrono::milliseconds duration);
  bool restore_provider(std::string_view provider);
  // What a gateway remembers of the control plane before this one.
  void adopt(const std::vector<ProviderStatus>& remembered);

  // Reads the source and, if it is valid and differs, puts it into force. Providers that keep their name keep their
  // health. Waits for a reload that is under way.
  ConfigReload reload();

  // In the order of the configured providers.
  [[nodiscard]] std::vector<ProviderStatus> provider_statuses() const;
  // Whether the provider, or that model of it, is left alone now: not even a probe is due.
  [[nodiscard]] bool is_cooling(std::string_view provider, std::string_view upstream_model) const;
  // Nothing for a provider that is not configured.
  [[nodiscard]] std::optional<ProviderStatus> provider_status(std::string_view provider) const;

  [[nodiscard]] ChangeListeners& listeners() { return listeners_; }
  [[nodiscard]] ConnectedGateways& gateways() { return gateways_; }
  [[nodiscard]] const ConnectedGateways& gateways() const { return gateways_; }
  // Takes it out of rotation, or puts it back.
  void drain_gateway(const std::string& id, bool drain);
  [[nodiscard]] Activity& activity() { return activity_; }
  [[nodiscard]] const Activity& activity() const { return activity_; }
  [[nodiscard]] const ReloadHistory& reloads() const { return reloads_; }
  [[nodiscard]] std::chrono::system_clock::time_point start_time() const { return start_time_; }
  // Changes whenever something happened that an operator may want to see.
  [[nodiscard]] std::uint64_t revision() const { return listeners_.revision() + activity_.revision() + gateways_.revision(); }
  // Its lock is taken after this object's own, never before.
  [[nodiscard]] SharedResponses& responses() { return responses_; }
  [[nodiscard]] const SharedResponses& responses() const { return responses_; }

 private:
  struct Generation {
    const Config config;
  };

  struct Outcome {
    Decision decision;
    std::optional<RouteExplanation> explanation;
  };
  enum class Reasons { kWanted, kNotWanted };
  [[nodiscard]] Outcome decide_and_settle(const DecisionQuery& query, Reasons reasons, AttemptLedger& ledger);
  // False if the candidate says what is in force already.
  bool adopt(Config candidate);
  [[nodiscard]] std::shared_ptr<Generation> generation() const;
  // The target that the session has, if the route still has it.
  [[nodiscard]] static std::optional<std::size_t> session_target(const Snapshot& snapshot, std::size_t route,
                                                                 const SessionHome* home);
  // Whether it could serve the model, but for being busy or passed over by a pin.
  [[nodiscard]] bool is_well(const routing::RouteTarget& target, const routing::RouteQuery& query,
                             Clock::TimePoint now) const;
  // Whether somebody else has the answer of the plan, or this request is to make it.
  [[nodiscard]] Sharing look_up(const routing::AttemptPlan& plan, std::size_t route, const DecisionQuery& query,
                                const AttemptLedger& ledger);
  // What a plan costs: a turn, an attempt, a probe, the session's home.
  void settle(const routing::AttemptPlan& plan, std::size_t route, const DecisionQuery& query,
              std::optional<std::size_t> session_target, AttemptLedger& ledger, Clock::TimePoint now);
  [[nodiscard]] Cooldown::Moment moment();
  void announce(const std::optional<ProviderStatus>& changed);
  // Whether it has begun, or goes on, since it was last told of.
  [[nodiscard]] bool is_new_cooldown(const ProviderStatus& status);

  const ConfigSource source_;
  const Clock& clock_;
  const std::string epoch_;
  const std::chrono::system_clock::time_point start_time_;
  std::mutex reload_mutex_;

  // Guards what follows, which changes together: the table's rows are the configuration's providers, the turns its
  // routes'. Nothing is waited for while it is held.
  mutable std::mutex mutex_;
  std::shared_ptr<Generation> generation_;
  ProviderHealthTable health_;
  // One a route.
  std::vector<routing::TurnTaking> turns_;
  SessionAffinity sessions_;
  ProbeId last_probe_ = kNoProbe;
  // When the cooldowns that were told of end.
  std::map<std::string, Clock::TimePoint, std::less<>> cooldown_ends_;
  std::mt19937_64 random_;

  SharedResponses responses_;
  ChangeListeners listeners_;
  ConnectedGateways gateways_;
  Activity activity_;
  ReloadHistory reloads_;
};

}  // namespace balancer::controlplane
