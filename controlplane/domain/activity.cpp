#include "controlplane/domain/activity.hpp"

#include <algorithm>

#include "common/routing/routing_names.hpp"

namespace balancer::controlplane {
namespace {

constexpr std::chrono::milliseconds kReasonsInterval{2};

std::string_view label_of(const routing::RoutingDecision& decision) {
  if (std::holds_alternative<routing::AttemptPlan>(decision)) return "plan";
  if (const auto* elsewhere = std::get_if<routing::AnswerElsewhere>(&decision)) {
    return elsewhere->where == routing::AnswerElsewhere::Where::kCached ? "hit" : "join";
  }
  return to_string(std::get<routing::Rejection>(decision).reason);
}

template <class Map, class Key>
auto& entry(Map& map, const Key& key) {
  const auto found = map.find(key);
  return found != map.end() ? found->second : map[typename Map::key_type(key)];
}

bool is_failure(const routing::RequestTally& tally) {
  return tally.status >= 500 || (tally.status == 200 && is_provider_failure(tally.outcome));
}

// Gateways are ours, but what they pass on is not.
std::int64_t clamped(std::int64_t tokens) { return std::clamp<std::int64_t>(tokens, 0, 1'000'000'000); }

}  // namespace

Activity::Activity(const Clock& clock) : clock_(clock), history_(clock.now()), next_reasons_(clock.now()) {}

bool Activity::wants_reasons() {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (now < next_reasons_) return false;
  next_reasons_ = now + kReasonsInterval;
  return true;
}

void Activity::observe_decision(const routing::RoutingDecision& decision) {
  const std::lock_guard lock(mutex_);
  ++entry(counts_.decisions, label_of(decision));
}

void Activity::observe_decision(const routing::RoutingDecision& decision, ObservedRequest request) {
  request.time = clock_.wall_now();
  {
    const std::lock_guard lock(mutex_);
    ++entry(counts_.decisions, label_of(decision));
    requests_.begin(std::move(request));
  }
  ++revision_;
}

void Activity::observe_attempt(const routing::AttemptReport& report) {
  using routing::AttemptOutcome;
  if (report.outcome == AttemptOutcome::kAnswering) return;
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  ++counts_.attempts[{report.provider, std::string(to_string(report.outcome))}];
  ActivityCounts::Tokens& tokens = entry(counts_.tokens, report.provider);
  tokens.input += clamped(report.input_token_count);
  tokens.output += clamped(report.output_token_count);
  if (report.outcome == AttemptOutcome::kSuccess && report.time_to_first_byte) {
    history_.add_latency(report.provider, *report.time_to_first_byte, now - report.age);
  }
  history_.add({.request_count = 0,
                .error_count = 0,
                .input_token_count = clamped(report.input_token_count),
                .output_token_count = clamped(report.output_token_count)},
               now);
}

void Activity::observe_request(routing::RequestSummary summary, std::string_view gateway_id) {
  const routing::RequestTally tally{.status = summary.status, .outcome = summary.outcome, .request_count = 1};
  const Clock::TimePoint now = clock_.now();
  {
    const std::lock_guard lock(mutex_);
    count(tally, now);
    if (!summary.request_id.empty()) requests_.end(std::move(summary), gateway_id, clock_.wall_now());
  }
  ++revision_;
}

void Activity::count_requests(const routing::RequestTally& tally) {
  const Clock::TimePoint now = clock_.now();
  {
    const std::lock_guard lock(mutex_);
    count(tally, now);
  }
  ++revision_;
}

void Activity::count(const routing::RequestTally& tally, Clock::TimePoint now) {
  counts_.requests[tally.status] += tally.request_count;
  history_.add({.request_count = tally.request_count,
                .error_count = is_failure(tally) ? tally.request_count : 0,
                .input_token_count = 0,
                .output_token_count = 0},
               now);
}

void Activity::observe_cooldown(std::string_view provider) {
  const std::lock_guard lock(mutex_);
  ++entry(counts_.cooldowns, provider);
}

ActivityCounts Activity::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

Traffic Activity::traffic() const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  return {.rates = history_.rates(now), .steps = history_.steps(now)};
}

std::vector<std::optional<double>> Activity::latencies(std::string_view provider) const {
  const Clock::TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  return history_.latencies(provider, now);
}

std::vector<ObservedRequest> Activity::requests(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return requests_.list(limit);
}

}  // namespace balancer::controlplane
