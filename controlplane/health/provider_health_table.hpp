// The health of every configured provider.
//
// Has no clock and no lock: the caller passes the time and calls from one place at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/snapshot/provider.hpp"
#include "controlplane/health/provider_health.hpp"
#include "controlplane/health/provider_status.hpp"

namespace balancer::controlplane {

class ProviderHealthTable {
 public:
  // Takes over a new configuration. A provider that keeps its name keeps its health; others start healthy.
  void configure(const HealthSettings& settings, const std::vector<Provider>& providers);

  // In the order of the configured providers, as attempt planning wants it.
  [[nodiscard]] std::vector<routing::ProviderCondition> conditions(Clock::TimePoint now) const;

  // See ProviderHealth::take_probe. False for a provider that is not configured.
  [[nodiscard]] bool take_probe(std::string_view provider, Clock::TimePoint now);

  // True if gateways should learn of the change. Reports on providers that are not configured are ignored.
  bool record(const routing::AttemptReport& report, ProviderHealth::Moment moment);

  // In the order of the configured providers.
  [[nodiscard]] std::vector<ProviderStatus> statuses(Clock::TimePoint now) const;
  // Nothing for a provider that is not configured.
  [[nodiscard]] std::optional<ProviderStatus> status(std::string_view provider, Clock::TimePoint now) const;

 private:
  struct Row {
    std::string name;
    bool enabled = true;
    ProviderHealth health;
  };

  [[nodiscard]] static ProviderStatus status_of(const Row& row, Clock::TimePoint now);

  HealthSettings settings_;
  std::vector<Row> rows_;
  std::map<std::string, std::size_t, std::less<>> row_of_;
};

}  // namespace balancer::controlplane
