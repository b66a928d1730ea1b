#include "controlplane/health/provider_health_table.hpp"

#include <utility>

namespace balancer::controlplane {

void ProviderHealthTable::configure(const HealthSettings& settings, const std::vector<Provider>& providers) {
  std::vector<Row> rows;
  std::map<std::string, std::size_t, std::less<>> row_of;
  for (const Provider& provider : providers) {
    Row row{.name = provider.name, .enabled = provider.enabled, .health = {}};
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

std::vector<routing::ProviderCondition> ProviderHealthTable::conditions(Clock::TimePoint now) const {
  std::vector<routing::ProviderCondition> conditions;
  conditions.reserve(rows_.size());
  for (const Row& row : rows_) conditions.push_back(row.health.condition(now));
  return conditions;
}

bool ProviderHealthTable::take_probe(std::string_view provider, Clock::TimePoint now) {
  const auto found = row_of_.find(provider);
  return found != row_of_.end() && rows_[found->second].health.take_probe(now);
}

bool ProviderHealthTable::record(const routing::AttemptReport& report, ProviderHealth::Moment moment) {
  const auto found = row_of_.find(report.provider);
  return found != row_of_.end() && rows_[found->second].health.record(report, settings_, moment);
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
  using State = ProviderStatus::State;
  return {.provider = row.name,
          .state = !row.enabled           ? State::kDisabled
                   : row.health.cooling() ? State::kCooling
                                          : State::kHealthy,
          .remaining_cooldown = row.health.remaining_cooldown(now),
          .failure_count = row.health.failure_count(),
          .last_failure_time = row.health.last_failure_time(),
          .last_error = row.health.last_error()};
}

}  // namespace balancer::controlplane
