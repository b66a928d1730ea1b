// Plans requests while no control plane answers, with the same routing code that the control plane uses.
//
// Knows what the control plane last said of the providers and how this thread's own attempts ended: a provider, or a
// model of it, that failed here is left alone here for as long as the cooldown policy says; deadlines only move later;
// then one request at a time may probe it. The success of an attempt that began after all that restores it, and so does
// the control plane's word that it is well again. A session is sent where its key points to, as long as the same
// providers are well.
//
// Has no clock and no lock: the caller passes the time and stays on one thread.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/routing/turn_taking.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/controlplane_client/decision_client.hpp"
#include "gateway/controlplane_client/provider_statuses.hpp"

namespace balancer::gateway {

class LocalPlanner {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // A probe whose outcome was not reported for so long is given out again.
  static constexpr std::chrono::seconds kProbeLease{60};

  // Clients may name any model: beyond so many, failures of single models are not remembered.
  static constexpr std::size_t kMaxSick = 1'024;

  // `seed` starts the dice of the random strategy.
  explicit LocalPlanner(std::uint64_t seed) : random_(seed) {}

  // What later failures are judged by.
  void set_cooldown(const routing::CooldownSettings& settings) { cooldown_ = settings; }
  void hear(const ProviderStatuses& statuses, TimePoint now);
  void record(const routing::AttemptReport& report, TimePoint now);

  [[nodiscard]] routing::RoutingDecision plan(const DecisionRequest& request, const Snapshot& snapshot, TimePoint now);

  // As the control plane said, or as the provider itself said here.
  [[nodiscard]] bool is_cooling(std::string_view provider, std::string_view upstream_model, TimePoint now) const;

 private:
  struct Health {
    TimePoint heard_until{};
    // The provider named a time.
    TimePoint named_until{};
    // It did not.
    TimePoint failed_until{};
    // When the last of these was learned.
    TimePoint known_since{};
    TimePoint probe_lease_until{};

    [[nodiscard]] TimePoint until() const { return std::max({heard_until, named_until, failed_until}); }
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  class Conditions;

  static std::string scope_name(std::string_view provider, std::string_view upstream_model);
  [[nodiscard]] const Health* find(std::string_view provider, std::string_view upstream_model) const;
  void lend_probe(std::string_view provider, std::string_view upstream_model, TimePoint now);
  void record_success(const routing::AttemptReport& report, TimePoint now);
  void record_failure(const routing::AttemptReport& report, TimePoint now);
  void forget_before(const HeardStatus& status, ProviderStatuses::Scope scope);
  // Null when too many are known.
  Health* health_of(std::string name, TimePoint now);
  routing::TurnTaking& turns_of(const Snapshot& snapshot, std::size_t route);

  // Providers, and models of providers, against which something is known; empty in good times.
  boost::unordered_flat_map<std::string, Health, NameHash, std::equal_to<>> sick_;
  // Of the snapshot with that version and epoch, by index of the route.
  std::vector<routing::TurnTaking> turns_;
  std::uint64_t turns_version_ = 0;
  std::string turns_epoch_;
  routing::CooldownSettings cooldown_;
  std::mt19937_64 random_;
};

}  // namespace balancer::gateway
