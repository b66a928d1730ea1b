// Whether one provider, or one model of it, is left alone, and who may probe it.
//
// `failure_threshold` failures in a row, or one that the provider itself explains (a rate limit, a rejected key …), begin
// a cooldown; how long it is, common/routing/cooldown_policy says. Its end only ever moves later. Once it is reached, one
// request at a time may probe: a probe's success ends the cooldown, a probe's failure makes it twice as long.
//
// An attempt tells about the time when it began. A success that is not the probe's ends a cooldown only if it began after
// all that speaks against the provider; an older one merely takes one failure off the count, for answers take longer than
// failures. A failure counts only if it began after the cooldown did, or after the attempt that ended the last one.
//
// Has no clock, dice, timer or lock: the caller passes the moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/routing/attempt_report.hpp"
#include "common/routing/target_verdict.hpp"
#include "common/time/clock.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

// Names one probe among all that are ever handed out.
using ProbeId = std::uint64_t;
constexpr ProbeId kNoProbe = 0;

class Cooldown {
 public:
  // A probe that nobody reported on for so long is handed out again; a gateway that is gone gives its probes back at
  // once (see AttemptLedger).
  static constexpr std::chrono::minutes kProbeLease{10};

  struct Moment {
    Clock::TimePoint now;
    Clock::WallTime wall_now;
    // Within [0, 1); see cooldown_of().
    double jitter = 0;
  };

  // `probe` is the one that the report is about. These are true if gateways should learn of it: the cooldown began, ended,
  // or grew by a second or more since they last did.
  bool record_failure(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                      const Moment& moment);
  bool record_success(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                      const Moment& moment);
  // An operator's: no success ends it before its time.
  bool hold(std::chrono::milliseconds duration, const Moment& moment);
  // Attempts that began before `well_since` do not count against it any more.
  bool restore(Clock::TimePoint well_since);
  // What a gateway remembers of a former control plane.
  bool adopt(std::chrono::milliseconds remaining, const std::string& last_error, const Moment& moment);

  // Takes the one probe that is due. False if none is, or it is taken.
  bool take_probe(ProbeId probe, Clock::TimePoint now);
  // Whoever had it learned nothing. False if it is not the one that is out.
  bool give_probe_back(ProbeId probe);

  // cooling, probe_due and remaining_cooldown.
  [[nodiscard]] routing::TargetCondition condition(Clock::TimePoint now) const;
  [[nodiscard]] bool cooling() const { return cooling_until_.has_value(); }
  // 0 once a probe may be admitted.
  [[nodiscard]] std::chrono::milliseconds remaining(Clock::TimePoint now) const;
  // For how long a probe has been due, or out.
  [[nodiscard]] Clock::TimePoint::duration overdue(Clock::TimePoint now) const;
  [[nodiscard]] std::int64_t failure_count() const { return failure_count_; }
  [[nodiscard]] std::optional<Clock::WallTime> last_failure_time() const { return last_failure_wall_time_; }
  [[nodiscard]] const std::string& last_error() const { return last_error_; }

 private:
  struct Probe {
    ProbeId id = kNoProbe;
    Clock::TimePoint taken_at;
  };

  void count_failure(const routing::AttemptReport& report, const HealthSettings& settings, const Moment& moment);
  // True as above.
  bool cool_until(Clock::TimePoint end, const Moment& moment);
  [[nodiscard]] bool probe_taken(Clock::TimePoint now) const;

  std::int64_t failure_count_ = 0;
  std::optional<Clock::TimePoint> last_failure_time_;
  std::optional<Clock::WallTime> last_failure_wall_time_;
  std::string last_error_;

  Clock::TimePoint cooling_since_{};
  std::optional<Clock::TimePoint> cooling_until_;
  Clock::TimePoint held_until_{};
  // When the attempt began that ended the last cooldown.
  Clock::TimePoint well_since_{};
  // Probes that failed in a row.
  unsigned failed_probes_ = 0;
  std::optional<Probe> probe_;
  // What gateways were told last.
  Clock::TimePoint announced_until_{};
};

}  // namespace balancer::controlplane
