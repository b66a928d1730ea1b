// The health of every configured provider.
//
// Has no clock, dice or lock: the caller passes the moment and calls from one place at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/snapshot/provider.hpp"
#include "controlplane/health/provider_health.hpp"

namespace balancer::controlplane {

class ProviderHealthTable {
 public:
  // Takes over a new configuration. A provider that keeps its name keeps its health; others start healthy.
  void configure(const HealthSettings& settings, const std::vector<Provider>& providers);

  // Null for a name that is not configured. Valid until configure().
  [[nodiscard]] ProviderHealth* find(std::string_view provider);
  [[nodiscard]] const ProviderHealth* find(std::string_view provider) const;
  // By the index of the configured providers.
  [[nodiscard]] ProviderHealth& at(std::size_t provider) { return rows_[provider].health; }
  [[nodiscard]] const HealthSettings& settings() const { return settings_; }

  // What routing asks. The table must not change and must outlive the view.
  class View final : public routing::TargetConditions {
   public:
    View(const ProviderHealthTable& table, Clock::TimePoint now) : table_(table), now_(now) {}
    [[nodiscard]] routing::TargetCondition of(std::size_t provider, std::string_view upstream_model) const override;

   private:
    const ProviderHealthTable& table_;
    const Clock::TimePoint now_;
  };

  // In the order of the configured providers.
  [[nodiscard]] std::vector<ProviderStatus> statuses(Clock::TimePoint now) const;
  // Nothing for a provider that is not configured.
  [[nodiscard]] std::optional<ProviderStatus> status(std::string_view provider, Clock::TimePoint now) const;

 private:
  struct Row {
    std::string name;
    bool enabled = true;
    unsigned max_in_flight = 0;
    ProviderHealth health;
  };

  [[nodiscard]] static ProviderStatus status_of(const Row& row, Clock::TimePoint now);

  HealthSettings settings_;
  std::vector<Row> rows_;
  std::map<std::string, std::size_t, std::less<>> row_of_;
};

}  // namespace balancer::controlplane
