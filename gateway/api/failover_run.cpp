#include "gateway/api/failover_run.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "gateway/api/reply.hpp"
#include "gateway/api/request_notes.hpp"
#include "gateway/api/thinking_home.hpp"
#include "gateway/failover/final_answer.hpp"
#include "gateway/failover/retry_decision.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

// Whether the one provider that was asked may speak to the client itself (protocol.md 5.3): its refusal of our own
// credentials would be taken for a refusal of the client's.
bool may_be_handed_on(AttemptOutcome outcome) {
  return outcome != AttemptOutcome::kCredentialsRejected && outcome != AttemptOutcome::kClientGone;
}

// The provider has as many requests of this process as it may.
bool is_full(const Provider& provider, Dependencies& deps) {
  return provider.max_in_flight > 0 && deps.in_flight.of(provider.name) >= provider.max_in_flight;
}

class FailoverRun {
 public:
  FailoverRun(const ForwardedRequest& request, const routing::AttemptPlan& plan, Dependencies& deps)
      : request_(request),
        plan_(plan),
        deps_(deps),
        thinking_home_(thinking_home(plan, request.snapshot)) {
    deps_.retries.record_request(deps.wheel.now());
  }

  asio::awaitable<void> serve() {
    std::optional<std::size_t> next = 0;
    while (next) {
      const std::size_t current = *next;
      const bool settled = co_await try_candidate(current, next);
      if (settled) co_return;
    }
    co_await reply_failures();
  }

 private:
  // True once the client has its answer, or is gone. Otherwise `next` is who is to be tried, and nothing for nobody.
  asio::awaitable<bool> try_candidate(std::size_t index, std::optional<std::size_t>& next) {
    const routing::Candidate& candidate = plan_.candidates[index];
    const Provider& provider = provider_of(candidate);
    last_ = unsent_report(candidate);
    if (is_full(provider, deps_)) {
      next = pass_over(index);
      co_return false;
    }
    const std::size_t candidates_left = plan_.candidates.size() - index - 1;
    const AttemptTarget target{.provider = provider,
                               .upstream_model = last_.upstream_model,
                               .attempt_number = static_cast<unsigned>(failures_.size() + 1),
                               .empty_answer_will_do = candidates_left == 0 || met_empty_answer_,
                               .remove_thinking = move_to(candidate) == ThinkingMove::kRemove,
                               .on_answering = answering_report(candidate),
                               .span = deps_.telemetry.begin_attempt(request_.record)};
    std::optional<InFlight::Attempt> counted;
    if (provider.max_in_flight > 0) counted.emplace(deps_.in_flight.of(provider.name));
    const TimerWheel::TimePoint began = deps_.wheel.now();
    AttemptEnd end = co_await attempt_provider(request_, target, deps_);
    counted.reset();
    if (end.refusal) {
      if (!refusal_) refusal_ = std::move(end.refusal);
      const bool another_may = refusal_->kind == RefusalKind::kUnsupported;
      next = another_may ? pass_over(index) : hand_back();
      if (another_may) co_return false;
      co_await reply_refusal();
      co_return true;
    }
    if (end.answered_here) {
      hand_back();
      note_answer_of(target);
      co_return true;
    }
    last_ = report_of(end, provider, std::move(last_.upstream_model), candidate.probe);
    AttemptRecord& noted = note_attempt(request_.record, target, end, began);
    if (end.delivered) {
      // The session stays with the provider that served it.
      if (index > 0 && last_.outcome == AttemptOutcome::kSuccess) {
        last_.session_key = request_.session_key;
        last_.route = plan_.route;
      }
      deps_.decisions.report(last_);
      co_return true;
    }
    const bool settled = co_await settle_failure(index, std::move(end), next);
    noted.retried = next.has_value();
    co_return settled;
  }

  // Of an attempt that ended before anything reached the client.
  asio::awaitable<bool> settle_failure(std::size_t index, AttemptEnd end, std::optional<std::size_t>& next) {
    met_empty_answer_ = met_empty_answer_ || end.empty_answer;
    read_timeouts_ += end.outcome.read_timeout ? 1U : 0U;
    failures_.push_back({last_.provider, end.outcome.kind, end.outcome.overloaded, end.outcome.retry_delay,
                         end.outcome.detail});
    const RetryDecision decision =
        decide_retry(end.outcome.kind, {.attempts_made = static_cast<unsigned>(failures_.size()),
                                        .attempt_limit = request_.snapshot.attempt_limit,
                                        .candidates_left = plan_.candidates.size() - index - 1,
                                        .deadline_passed = deps_.wheel.now() >= request_.deadline,
                                        .read_timeouts = read_timeouts_});
    kept_ = std::move(end.answer);
    next = decision == RetryDecision::kTryNext ? next_candidate(index) : std::nullopt;
    last_.next_provider = next ? provider_of(plan_.candidates[*next]).name : std::string();
    deps_.decisions.report(last_);
    if (next) co_return false;
    if (decision == RetryDecision::kDeliver && kept_) {
      co_await reply_kept();
    } else {
      co_await reply_failures();
    }
    co_return true;
  }

  // Nothing was sent: whoever counts this candidate as an attempt, or waits for its probe, is told so.
  std::optional<std::size_t> pass_over(std::size_t index) {
    const std::optional<std::size_t> next = next_candidate(index);
    routing::AttemptReport report = last_;
    if (next) report.next_provider = provider_of(plan_.candidates[*next]).name;
    deps_.decisions.report(std::move(report));
    return next;
  }
  std::optional<std::size_t> hand_back() {
    deps_.decisions.report(last_);
    return std::nullopt;
  }

  // The next candidate that may be tried behind that one.
  std::optional<std::size_t> next_candidate(std::size_t index) {
    for (std::size_t i = index + 1; i < plan_.candidates.size(); ++i) {
      const routing::Candidate& candidate = plan_.candidates[i];
      const Provider& provider = provider_of(candidate);
      if (move_to(candidate) == ThinkingMove::kImpossible) continue;
      if (is_full(provider, deps_)) continue;
      // A provider that is well may always be tried; of the others, an outage must not make more work than it has.
      const bool cooling = candidate.last_resort || deps_.decisions.is_cooling(provider.name, model_for(candidate));
      if (cooling && !failures_.empty() && !deps_.retries.take()) continue;
      return i;
    }
    return std::nullopt;
  }

  // Nobody is left to try.
  asio::awaitable<void> reply_failures() {
    if (failures_.empty() && refusal_) co_return co_await reply_refusal();
    if (failures_.empty()) co_return co_await reply_busy();
    const AttemptOutcome outcome = failures_.back().outcome;
    if (kept_ && failures_.size() == 1 && may_be_handed_on(outcome)) co_return co_await reply_kept();
    if (outcome == AttemptOutcome::kClientGone) co_return co_await reply_cancelled();
    FinalAnswer answer = final_answer(failures_, plan_.soonest_recovery, everybody_cools());
    request_.record.error = answer.error.message;
    const AttemptSummary summary{failures_.back().provider, failures_.size(), request_.snapshot.diagnostic_headers};
    co_await reply_final(request_.exchange, std::move(answer), summary);
  }

  asio::awaitable<void> reply_kept() {
    if (kept_->head.find("retry-after").empty() && everybody_cools()) {
      const auto wait = retry_after_outage(failures_.back().outcome, plan_.soonest_recovery);
      if (wait) kept_->head.add("retry-after", std::to_string(*wait));
    }
    co_await request_.exchange.respond(kept_->head, kept_->body);
  }

  asio::awaitable<void> reply_cancelled() {
    if (request_.exchange.client_gone()) co_return;
    // Cancelled by the gateway itself.
    Error ending{ErrorCode::kUnavailable, "gateway: shutting down", {}};
    co_await reply_error(request_.exchange, std::move(ending));
  }

  // No provider that could be asked understands such a request.
  asio::awaitable<void> reply_refusal() {
    request_.record.outcome = AttemptOutcome::kRequestFault;
    request_.record.error = refusal_->error.message;
    Error error = refusal_->error;
    co_await reply_error(request_.exchange, std::move(error));
  }

  // Nobody could be asked: who is well has enough to do.
  asio::awaitable<void> reply_busy() {
    request_.record.outcome = AttemptOutcome::kNotSent;
    FinalAnswer answer{{ErrorCode::kOverloaded, "gateway: the providers have as many requests as they may", {}}, 1, {}};
    request_.record.error = answer.error.message;
    const AttemptSummary summary{last_.provider, 0, request_.snapshot.diagnostic_headers};
    co_await reply_final(request_.exchange, std::move(answer), summary);
  }

  // An outage: none of the providers that could be asked is well.
  [[nodiscard]] bool everybody_cools() const {
    return std::all_of(plan_.candidates.begin(), plan_.candidates.end(), [this](const routing::Candidate& candidate) {
      return candidate.probe || candidate.last_resort ||
             deps_.decisions.is_cooling(provider_of(candidate).name, model_for(candidate));
    });
  }

  [[nodiscard]] const Provider& provider_of(const routing::Candidate& candidate) const {
    return request_.snapshot.providers[candidate.provider];
  }
  [[nodiscard]] const std::string& model_for(const routing::Candidate& candidate) const {
    return candidate.upstream_model.empty() ? request_.message.model : candidate.upstream_model;
  }
  [[nodiscard]] ThinkingMove move_to(const routing::Candidate& candidate) const {
    return move_from_home(thinking_home_, provider_of(candidate), request_.body);
  }

  // A probe is told of as soon as it has succeeded: the stream may last.
  [[nodiscard]] std::function<void()> answering_report(const routing::Candidate& candidate) const {
    if (!candidate.probe) return {};
    return [report = unsent_report(candidate), &decisions = deps_.decisions]() mutable {
      report.outcome = AttemptOutcome::kAnswering;
      decisions.report(report);
    };
  }

  [[nodiscard]] routing::AttemptReport unsent_report(const routing::Candidate& candidate) const {
    routing::AttemptReport report;
    report.provider = provider_of(candidate).name;
    report.upstream_model = model_for(candidate);
    report.outcome = AttemptOutcome::kNotSent;
    report.probe = candidate.probe;
    return report;
  }

  // An answer in a provider's name that was made without it.
  void note_answer_of(const AttemptTarget& target) const {
    request_.record.provider = target.provider.name;
    request_.record.upstream_model = target.upstream_model;
  }

  const ForwardedRequest& request_;
  const routing::AttemptPlan& plan_;
  Dependencies& deps_;
  const Provider* const thinking_home_;
  std::vector<FailedAttempt> failures_;
  // Of the last attempt.
  routing::AttemptReport last_;
  std::optional<KeptAnswer> kept_;
  // Of the first provider that the request cannot be converted for.
  std::optional<ConversionRefusal> refusal_;
  bool met_empty_answer_ = false;
  unsigned read_timeouts_ = 0;
};

}  // namespace

asio::awaitable<void> serve_with_failover(const ForwardedRequest& request, routing::AttemptPlan plan,
                                          Dependencies& deps) {
  FailoverRun run(request, plan, deps);
  co_await run.serve();
}

}  // namespace balancer::gateway
