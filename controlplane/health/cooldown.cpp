#include "controlplane/health/cooldown.hpp"

#include <algorithm>
#include <utility>

#include "common/routing/cooldown_policy.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr auto kNoteworthyExtension = 1s;

Clock::TimePoint ended_at(const routing::AttemptReport& report, const Cooldown::Moment& moment) {
  return moment.now - report.age;
}

Clock::TimePoint began_at(const routing::AttemptReport& report, const Cooldown::Moment& moment) {
  return ended_at(report, moment) - report.total_time;
}

}  // namespace

bool Cooldown::record_failure(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                              const Moment& moment) {
  const bool was_probe = give_probe_back(probe);
  const bool names_delay = report.retry_delay.has_value();
  const Clock::TimePoint began = began_at(report, moment);
  // Tells nothing of the present, unless the provider names a time. A probe that has restored the provider may still fail.
  const bool stale_now = cooling() ? !was_probe && began < cooling_since_ : probe == kNoProbe && began < well_since_;
  const bool stale = stale_now && !names_delay;
  if (stale && !cooling()) return false;
  count_failure(report, settings, moment);
  if (stale) return false;
  if (cooling()) {
    if (was_probe) ++failed_probes_;
  } else {
    const bool enough = failure_count_ >= settings.failure_threshold;
    if (!enough && !routing::cools_at_once(report.outcome, names_delay)) return false;
    failed_probes_ = 0;
  }
  return cool_until(ended_at(report, moment) + cooldown_of(report, failed_probes_, moment.jitter, settings.cooldown),
                    moment);
}

bool Cooldown::record_success(const routing::AttemptReport& report, ProbeId probe, const HealthSettings& settings,
                              const Moment& moment) {
  const bool was_probe = give_probe_back(probe);
  const Clock::TimePoint began = began_at(report, moment);
  const bool stale = (last_failure_time_ && began < *last_failure_time_) || (cooling() && began < cooling_since_);
  if (stale && !was_probe) {
    if (settings.reset_on_success && !cooling() && failure_count_ > 0) --failure_count_;
    return false;
  }
  if (settings.reset_on_success) failure_count_ = 0;
  if (!cooling() || moment.now < held_until_) return false;
  return restore(began);
}

bool Cooldown::hold(std::chrono::milliseconds duration, const Moment& moment) {
  held_until_ = std::max(held_until_, moment.now + duration);
  last_error_ = "taken out by an operator";
  return cool_until(held_until_, moment);
}

bool Cooldown::restore(Clock::TimePoint well_since) {
  failure_count_ = 0;
  failed_probes_ = 0;
  if (held_until_ != Clock::TimePoint{}) last_error_.clear();
  held_until_ = {};
  well_since_ = std::max(well_since_, well_since);
  probe_.reset();
  return std::exchange(cooling_until_, std::nullopt).has_value();
}

bool Cooldown::adopt(std::chrono::milliseconds remaining, const std::string& last_error, const Moment& moment) {
  if (last_error_.empty()) last_error_ = last_error;
  return cool_until(moment.now + remaining, moment);
}

bool Cooldown::take_probe(ProbeId probe, Clock::TimePoint now) {
  if (!condition(now).probe_due) return false;
  probe_ = {probe, now};
  return true;
}

bool Cooldown::give_probe_back(ProbeId probe) {
  if (probe == kNoProbe || !probe_ || probe_->id != probe) return false;
  probe_.reset();
  return true;
}

routing::TargetCondition Cooldown::condition(Clock::TimePoint now) const {
  if (!cooling()) return {};
  const bool expired = now >= *cooling_until_;
  return {.cooling = true,
          .probe_due = expired && !probe_taken(now),
          .remaining_cooldown = std::max<std::chrono::nanoseconds>(*cooling_until_ - now, 0ns)};
}

std::chrono::milliseconds Cooldown::remaining(Clock::TimePoint now) const {
  return std::chrono::ceil<std::chrono::milliseconds>(condition(now).remaining_cooldown);
}

Clock::TimePoint::duration Cooldown::overdue(Clock::TimePoint now) const {
  return cooling() ? std::max<Clock::TimePoint::duration>(now - *cooling_until_, 0ns) : 0ns;
}

void Cooldown::count_failure(const routing::AttemptReport& report, const HealthSettings& settings,
                             const Moment& moment) {
  const Clock::TimePoint ended = ended_at(report, moment);
  if (last_failure_time_ && ended - *last_failure_time_ > settings.reset_timeout) failure_count_ = 0;
  ++failure_count_;
  last_failure_time_ = std::max(last_failure_time_.value_or(ended), ended);
  last_failure_wall_time_ = moment.wall_now - std::chrono::duration_cast<Clock::WallTime::duration>(report.age);
  last_error_ = report.detail.empty() ? std::string(to_string(report.outcome)) : report.detail;
}

bool Cooldown::cool_until(Clock::TimePoint end, const Moment& moment) {
  const bool began = !cooling();
  if (began) cooling_since_ = moment.now;
  cooling_until_ = began ? end : std::max(*cooling_until_, end);
  if (!began && *cooling_until_ - announced_until_ < kNoteworthyExtension) return false;
  announced_until_ = *cooling_until_;
  return true;
}

bool Cooldown::probe_taken(Clock::TimePoint now) const { return probe_ && now - probe_->taken_at < kProbeLease; }

}  // namespace balancer::controlplane
