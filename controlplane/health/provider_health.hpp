// Decides whether one provider is cooling, and who may probe it.
//
// `failure_threshold` failures in a row cool a provider for its own Retry-After, or else for `failure_cooldown`. The end
// of a cooldown only ever moves later. Once it is reached one request at a time may probe the provider: a probe's
// success restores it, a probe's failure cools it anew. What is not the provider's fault is not counted.
//
// Has no clock, timer or lock: the caller passes the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/routing/attempt_plan.hpp"
#include "common/routing/attempt_report.hpp"
#include "common/time/clock.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

class ProviderHealth {
 public:
  // The longest Retry-After that is believed.
  static constexpr std::chrono::minutes kMaxRetryDelay{5};
  // A probe that nobody reported on for so long is handed out again.
  static constexpr std::chrono::seconds kProbeLease{60};

  struct Moment {
    Clock::TimePoint now;
    Clock::WallTime wall_now;
  };

  // True if gateways should learn of it: the provider began or ceased to cool, or its cooldown grew by a second or more
  // since they last did.
  bool record(const routing::AttemptReport& report, const HealthSettings& settings, Moment moment);

  [[nodiscard]] routing::ProviderCondition condition(Clock::TimePoint now) const;

  // Takes the one probe that condition() offers. False if it is not due, or taken. The probe's report gives it back.
  [[nodiscard]] bool take_probe(Clock::TimePoint now);

  [[nodiscard]] bool cooling() const { return cooling_until_.has_value(); }
  // 0 once a probe may be admitted.
  [[nodiscard]] std::chrono::milliseconds remaining_cooldown(Clock::TimePoint now) const;
  [[nodiscard]] std::int64_t failure_count() const { return failure_count_; }
  [[nodiscard]] std::optional<Clock::WallTime> last_failure_time() const { return last_failure_wall_time_; }
  [[nodiscard]] const std::string& last_error() const { return last_error_; }

 private:
  bool record_failure(const routing::AttemptReport& report, const HealthSettings& settings, Moment moment);
  bool record_success(bool was_probe, const HealthSettings& settings);
  [[nodiscard]] bool probe_taken(Clock::TimePoint now) const;

  std::int64_t failure_count_ = 0;
  std::optional<Clock::TimePoint> last_failure_time_;
  std::optional<Clock::WallTime> last_failure_wall_time_;
  std::string last_error_;
  std::optional<Clock::TimePoint> cooling_until_;
  Clock::TimePoint announced_until_{};
  std::optional<Clock::TimePoint> probe_taken_at_;
};

}  // namespace balancer::controlplane
