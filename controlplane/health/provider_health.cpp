#include "controlplane/health/provider_health.hpp"

#include <algorithm>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr auto kNoteworthyExtension = 1s;

Clock::TimePoint cooldown_end(const routing::AttemptReport& report, const HealthSettings& settings,
                              Clock::TimePoint now) {
  if (!report.retry_delay) return now + settings.failure_cooldown;
  return now + std::clamp<std::chrono::milliseconds>(*report.retry_delay, 0ms, ProviderHealth::kMaxRetryDelay);
}

std::string describe(const routing::AttemptReport& report) {
  return report.detail.empty() ? std::string(to_string(report.outcome)) : report.detail;
}

}  // namespace

bool ProviderHealth::record(const routing::AttemptReport& report, const HealthSettings& settings, Moment moment) {
  const bool was_probe = report.probe && probe_taken_at_;
  if (was_probe) probe_taken_at_.reset();

  if (is_provider_failure(report.outcome)) return record_failure(report, settings, moment);
  if (report.outcome == routing::AttemptOutcome::kSuccess) return record_success(was_probe, settings);
  return false;
}

bool ProviderHealth::record_failure(const routing::AttemptReport& report, const HealthSettings& settings,
                                    Moment moment) {
  if (last_failure_time_ && moment.now - *last_failure_time_ > settings.reset_timeout) failure_count_ = 0;
  ++failure_count_;
  last_failure_time_ = moment.now;
  last_failure_wall_time_ = moment.wall_now;
  last_error_ = describe(report);

  if (!cooling() && failure_count_ < settings.failure_threshold) return false;
  const bool began = !cooling();
  const Clock::TimePoint end = cooldown_end(report, settings, moment.now);
  cooling_until_ = began ? end : std::max(*cooling_until_, end);
  if (!began && *cooling_until_ - announced_until_ < kNoteworthyExtension) return false;
  announced_until_ = *cooling_until_;
  return true;
}

bool ProviderHealth::record_success(bool was_probe, const HealthSettings& settings) {
  if (was_probe || settings.reset_on_success) failure_count_ = 0;
  if (!was_probe || !cooling()) return false;
  cooling_until_.reset();
  return true;
}

routing::ProviderCondition ProviderHealth::condition(Clock::TimePoint now) const {
  if (!cooling()) return {};
  const bool expired = now >= *cooling_until_;
  return {.cooling = true,
          .probe_due = expired && !probe_taken(now),
          .remaining_cooldown = (*cooling_until_ - now).count()};
}

bool ProviderHealth::take_probe(Clock::TimePoint now) {
  if (!condition(now).probe_due) return false;
  probe_taken_at_ = now;
  return true;
}

bool ProviderHealth::probe_taken(Clock::TimePoint now) const {
  return probe_taken_at_ && now - *probe_taken_at_ < kProbeLease;
}

std::chrono::milliseconds ProviderHealth::remaining_cooldown(Clock::TimePoint now) const {
  if (!cooling() || now >= *cooling_until_) return 0ms;
  return std::chrono::ceil<std::chrono::milliseconds>(*cooling_until_ - now);
}

}  // namespace balancer::controlplane
