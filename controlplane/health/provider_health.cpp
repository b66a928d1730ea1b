#include "controlplane/health/provider_health.hpp"

#include <algorithm>

#include "common/routing/cooldown_policy.hpp"

namespace balancer::controlplane {

using routing::AttemptOutcome;

namespace {

// Longer than any answer takes, in microseconds.
constexpr double kUnknownLoad = 1e12;

}  // namespace

bool ProviderHealth::record(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                            const Cooldown::Moment& moment) {
  bool news = false;
  if (is_provider_failure(report.outcome)) {
    news = record_failure(report, probe, settings, moment);
  } else if (report.outcome == AttemptOutcome::kSuccess || report.outcome == AttemptOutcome::kAnswering) {
    news = record_success(report, probe, settings, moment);
  }
  give_probe_back(probe);
  return news;
}

bool ProviderHealth::record_failure(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                                    const Cooldown::Moment& moment) {
  if (scope_of(report.outcome, report.retry_delay.has_value()) == routing::FailureScope::kProvider) {
    return cooldown_.record_failure(report, probe, settings, moment);
  }
  // It answered: only the model is the matter.
  const bool restored = probe != kNoProbe && cooldown_.record_success(report, probe, settings, moment);
  if (restored) warm_up_.begin();
  Cooldown* const model = model_cooldown(report.upstream_model, moment.now);
  const bool cooled = model != nullptr && model->record_failure(report, probe, settings, moment);
  return restored || cooled;
}

bool ProviderHealth::record_success(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                                    const Cooldown::Moment& moment) {
  if (report.time_to_first_byte) latency_.record(*report.time_to_first_byte, moment.now);
  warm_up_.record_success();
  const bool restored = cooldown_.record_success(report, probe, settings, moment);
  if (restored) warm_up_.begin();
  bool model_restored = false;
  if (const auto model = models_.find(report.upstream_model); model != models_.end()) {
    model_restored = model->second.record_success(report, probe, settings, moment);
    forget_models(moment.now);
  }
  return restored || model_restored;
}

bool ProviderHealth::hold(std::chrono::milliseconds duration, const Cooldown::Moment& moment) {
  return cooldown_.hold(duration, moment);
}

bool ProviderHealth::restore(Clock::TimePoint now) {
  const bool had_models = !models_.empty();
  models_.clear();
  warm_up_.end();
  return cooldown_.restore(now) || had_models;
}

bool ProviderHealth::adopt(const std::string& upstream_model, std::chrono::milliseconds remaining,
                           const std::string& last_error, const Cooldown::Moment& moment) {
  if (upstream_model.empty()) return cooldown_.adopt(remaining, last_error, moment);
  Cooldown* const model = model_cooldown(upstream_model, moment.now);
  return model != nullptr && model->adopt(remaining, last_error, moment);
}

bool ProviderHealth::take_probe(std::string_view upstream_model, ProbeId probe, Clock::TimePoint now) {
  if (!condition(upstream_model, 0, now).probe_due) return false;
  cooldown_.take_probe(probe, now);
  if (const auto model = models_.find(upstream_model); model != models_.end()) model->second.take_probe(probe, now);
  return true;
}

void ProviderHealth::give_probe_back(ProbeId probe) {
  if (probe == kNoProbe) return;
  cooldown_.give_probe_back(probe);
  for (auto& [name, model] : models_) model.give_probe_back(probe);
}

routing::TargetCondition ProviderHealth::condition(std::string_view upstream_model, unsigned max_in_flight,
                                                   Clock::TimePoint now) const {
  routing::TargetCondition result = cooldown_.condition(now);
  if (const auto model = models_.find(upstream_model); model != models_.end() && model->second.cooling()) {
    const routing::TargetCondition own = model->second.condition(now);
    result.probe_due = own.probe_due && (!result.cooling || result.probe_due);
    result.cooling = true;
    result.remaining_cooldown = std::max(result.remaining_cooldown, own.remaining_cooldown);
  }
  result.busy = max_in_flight > 0 && in_flight_ >= static_cast<int>(max_in_flight);
  result.warming = warm_up_.is_reached_by(in_flight_);
  const std::optional<double> latency = latency_.expected(now);
  if (latency) {
    result.load = *latency * (in_flight_ + 1);
  } else {
    // One that nobody knows yet is worth a try, but only one.
    result.load = in_flight_ == 0 ? 0 : kUnknownLoad * in_flight_;
  }
  return result;
}

ProviderStatus ProviderHealth::status(Clock::TimePoint now) const {
  ProviderStatus status{.provider = {},
                        .state = cooldown_.cooling() ? ProviderStatus::State::kCooling : ProviderStatus::State::kHealthy,
                        .remaining_cooldown = cooldown_.remaining(now),
                        .failure_count = cooldown_.failure_count(),
                        .last_failure_time = cooldown_.last_failure_time(),
                        .last_error = cooldown_.last_error(),
                        .cooling_models = {},
                        .in_flight_count = in_flight_,
                        .latency = latency_.value()};
  for (const auto& [name, model] : models_) {
    if (model.cooling()) status.cooling_models.push_back({name, model.remaining(now), model.last_error()});
  }
  return status;
}

Cooldown* ProviderHealth::model_cooldown(const std::string& upstream_model, Clock::TimePoint now) {
  if (const auto known = models_.find(upstream_model); known != models_.end()) return &known->second;
  forget_models(now);
  if (models_.size() >= kMaxModels) forget_models(now, std::chrono::minutes(0));
  return models_.size() < kMaxModels ? &models_[upstream_model] : nullptr;
}

void ProviderHealth::forget_models(Clock::TimePoint now, std::chrono::minutes overdue) {
  std::erase_if(models_, [&](const auto& entry) {
    const Cooldown& model = entry.second;
    return !model.cooling() || (model.remaining(now).count() == 0 && model.overdue(now) >= overdue);
  });
}

}  // namespace balancer::controlplane
