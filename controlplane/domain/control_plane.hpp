// What the control plane knows and decides, apart from how it is asked: the configuration in force, the providers'
// health, whose turn it is, and which gateways listen.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/time/clock.hpp"
#include "controlplane/domain/change_listeners.hpp"
#include "controlplane/domain/connected_gateways.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/config/config_loader.hpp"
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

  // Round robin is exact over all callers. A plan that lists a probe owns it: the attempt must be reported.
  [[nodiscard]] Decision decide(const routing::RouteQuery& query);
  void record(const routing::AttemptReport& report);

  // Reads the source and, if it is valid and differs, puts it into force. Providers that keep their name keep their
  // health. Waits for a reload that is under way.
  ConfigReload reload();

  // In the order of the configured providers.
  [[nodiscard]] std::vector<ProviderStatus> provider_statuses() const;
  // Nothing for a provider that is not configured.
  [[nodiscard]] std::optional<ProviderStatus> provider_status(std::string_view provider) const;

  [[nodiscard]] ChangeListeners& listeners() { return listeners_; }
  [[nodiscard]] ConnectedGateways& gateways() { return gateways_; }

 private:
  struct Generation;

  // False if the candidate says what is in force already.
  bool adopt(Config candidate);
  [[nodiscard]] std::shared_ptr<Generation> generation() const;

  const ConfigSource source_;
  const Clock& clock_;
  const std::string epoch_;
  std::mutex reload_mutex_;

  // Guards the two below, which change together: the table's rows are the configuration's providers.
  mutable std::mutex mutex_;
  std::shared_ptr<Generation> generation_;
  ProviderHealthTable health_;

  ChangeListeners listeners_;
  ConnectedGateways gateways_;
};

}  // namespace balancer::controlplane
