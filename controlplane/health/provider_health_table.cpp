#include "controlplane/health/provider_health_table.hpp"

#include <utility>

namespace balancer::controlplane {

void ProviderHealthTable::configure(const HealthSettings& settings, const std::vector<Provider>& providers) {
  std::vector<Row> rows;
  std::map<std::string, std::size_t, std::less<>> row_of;
  for (const Provider& provider : providers) {
    Row row{.name = provider.name, .enabled = provider.enabled, .max_in_flight = provider.max_in_flight, .health = {}};
    if (const auto former = row_of_.find(provider.name); former != row_of_.end()) {
      row.health = std::move(rows_[former->second].health);
    }
    row_of.emplace(provider.name, rows.size());
    rows.push_back(std::move(row));
  }
  settings_ = settings;
  rows_ = std::move(rows);
  row_of_ = std::move(row_of);
}

ProviderHealth* ProviderHealthTable::find(std::string_view provider) {
  const auto found = row_of_.find(provider);
  return found != row_of_.end() ? &rows_[found->second].health : nullptr;
}

const ProviderHealth* ProviderHealthTable::find(std::string_view provider) const {
  const auto found = row_of_.find(provider);
  return found != row_of_.end() ? &rows_[found->second].health : nullptr;
}

routing::TargetCondition ProviderHealthTable::View::of(std::size_t provider, std::string_view upstream_model) const {
  const Row& row = table_.rows_[provider];
  return row.health.condition(upstream_model, row.max_in_flight, now_);
}

std::vector<ProviderStatus> ProviderHealthTable::statuses(Clock::TimePoint now) const {
  std::vector<ProviderStatus> statuses;
  statuses.reserve(rows_.size());
  for (const Row& row : rows_) statuses.push_back(status_of(row, now));
  return statuses;
}

std::optional<ProviderStatus> ProviderHealthTable::status(std::string_view provider, Clock::TimePoint now) const {
  const auto found = row_of_.find(provider);
  if (found == row_of_.end()) return std::nullopt;
  return status_of(rows_[found->second], now);
}

ProviderStatus ProviderHealthTable::status_of(const Row& row, Clock::TimePoint now) {
  ProviderStatus status = row.health.status(now);
  status.provider = row.name;
  if (!row.enabled) status.state = ProviderStatus::State::kDisabled;
  return status;
}

}  // namespace balancer::controlplane
