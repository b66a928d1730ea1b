#include "gateway/api/failover_run.hpp"

#include <optional>
#include <vector>

#include "common/error/http_error.hpp"
#include "common/log/log.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/failover/final_answer.hpp"
#include "gateway/failover/retry_decision.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

routing::AttemptReport report_of(const AttemptEnd& end, const Provider& provider, std::string upstream_model,
                                 bool probe) {
  return {
      .provider = provider.name,
      .upstream_model = std::move(upstream_model),
      .outcome = end.outcome.kind,
      .status = end.outcome.status,
      .retry_delay = end.outcome.retry_delay,
      .time_to_first_byte = end.time_to_first_byte,
      .total_time = end.total_time,
      .input_token_count = end.usage.input_token_count,
      .output_token_count = end.usage.output_token_count,
      .response_byte_count = static_cast<std::int64_t>(end.response_byte_count),
      .probe = probe,
      .detail = end.outcome.detail,
  };
}

double seconds(std::chrono::microseconds duration) { return std::chrono::duration<double>(duration).count(); }

void log_attempt(const ForwardedRequest& request, const routing::AttemptReport& report) {
  using enum AttemptOutcome;
  if (report.outcome == kSuccess || report.outcome == kRequestFault || report.outcome == kClientGone) return;
  log::warn("upstream attempt failed", {{"request_id", request.exchange.request_id()},
                                        {"provider", report.provider},
                                        {"model", report.upstream_model},
                                        {"outcome", to_string(report.outcome)},
                                        {"detail", report.detail},
                                        {"response_time", seconds(report.total_time)}});
}

// The access record: one line a request.
void log_request(const ForwardedRequest& request, int status, const routing::AttemptReport& last,
                 std::size_t attempt_count, std::chrono::microseconds total) {
  log::info("request completed",
            {{"request_id", request.exchange.request_id()},
             {"provider", last.provider},
             {"model", request.message.model},
             {"status", status},
             {"outcome", to_string(last.outcome)},
             {"response_time", seconds(total)},
             {"time_to_first_byte", seconds(last.time_to_first_byte.value_or(std::chrono::microseconds(0)))},
             {"attempts", attempt_count},
             {"cache", "bypass"},
             {"input_tokens", last.input_token_count},
             {"output_tokens", last.output_token_count}});
}

// Whether the one provider that was asked may speak to the client itself (protocol.md 5.3): its refusal of our own
// credentials would be taken for a refusal of the client's.
bool may_be_handed_on(AttemptOutcome outcome) {
  return outcome != AttemptOutcome::kCredentialsRejected && outcome != AttemptOutcome::kClientGone;
}

class FailoverRun {
 public:
  FailoverRun(const ForwardedRequest& request, Dependencies& deps)
      : request_(request), deps_(deps), started_(deps.wheel.now()) {}

  asio::awaitable<void> serve(const routing::AttemptPlan& plan) {
    for (std::size_t i = 0; i < plan.candidates.size(); ++i) {
      const bool settled = co_await try_candidate(plan.candidates[i], plan.candidates.size() - i - 1);
      if (settled) co_return;
    }
    co_await reply_failures();
  }

 private:
  // True once the client has its answer, or is gone.
  asio::awaitable<bool> try_candidate(const routing::Candidate& candidate, std::size_t candidates_left) {
    const Provider& provider = request_.snapshot.providers[candidate.provider];
    const std::string& model = candidate.upstream_model.empty() ? request_.message.model : candidate.upstream_model;
    const AttemptTarget target{.provider = provider,
                               .upstream_model = model,
                               .attempt_number = static_cast<unsigned>(failures_.size() + 1),
                               .empty_answer_will_do = candidates_left == 0 || met_empty_answer_};
    AttemptEnd end = co_await attempt_provider(request_, target, deps_);
    last_ = report_of(end, provider, model, candidate.probe);
    attempts_ = target.attempt_number;
    if (end.refusal) {
      give_probe_back(candidate);
      if (!refusal_) refusal_ = std::move(end.refusal);
      if (refusal_->kind == RefusalKind::kUnsupported) co_return false;
      co_await reply_refusal();
      co_return true;
    }
    if (end.answered_here) {
      give_probe_back(candidate);
      log(end.outcome.status);
      co_return true;
    }
    log_attempt(request_, last_);
    deps_.decisions.report(last_);
    if (end.delivered) {
      log(end.outcome.status);
      co_return true;
    }
    met_empty_answer_ = met_empty_answer_ || end.empty_answer;
    failures_.push_back({provider.name, end.outcome.kind, end.outcome.overloaded, end.outcome.retry_delay,
                         end.outcome.detail});
    const RetryDecision decision = decide_retry(end.outcome.kind, {.attempts_made = target.attempt_number,
                                                                   .attempt_limit = request_.snapshot.attempt_limit,
                                                                   .candidates_left = candidates_left,
                                                                   .deadline_passed = deps_.wheel.now() >= request_.deadline});
    kept_ = std::move(end.answer);
    if (decision == RetryDecision::kTryNext) co_return false;
    if (decision == RetryDecision::kDeliver && kept_) {
      co_await reply_kept();
    } else {
      co_await reply_failures();
    }
    co_return true;
  }

  // Nobody is left to try.
  asio::awaitable<void> reply_failures() {
    if (failures_.empty()) co_return co_await reply_refusal();
    const AttemptOutcome outcome = failures_.back().outcome;
    if (kept_ && failures_.size() == 1 && may_be_handed_on(outcome)) co_return co_await reply_kept();
    if (outcome == AttemptOutcome::kClientGone) co_return co_await reply_cancelled();
    FinalAnswer answer = final_answer(failures_);
    log(http_form(answer.error.code).status);
    const AttemptSummary summary{failures_.back().provider, failures_.size(), request_.snapshot.diagnostic_headers};
    co_await reply_final(request_.exchange, std::move(answer), summary);
  }

  asio::awaitable<void> reply_kept() {
    log(kept_->head.status());
    co_await request_.exchange.respond(kept_->head, kept_->body);
  }

  asio::awaitable<void> reply_cancelled() {
    if (request_.exchange.client_gone()) {
      log(499);
      co_return;
    }
    // Cancelled by the gateway itself.
    log(503);
    Error ending{ErrorCode::kUnavailable, "gateway: shutting down", {}};
    co_await reply_error(request_.exchange, std::move(ending));
  }

  // No provider that could be asked understands such a request.
  asio::awaitable<void> reply_refusal() {
    last_.outcome = AttemptOutcome::kRequestFault;
    log(http_form(refusal_->error.code).status);
    Error error = refusal_->error;
    co_await reply_error(request_.exchange, std::move(error));
  }

  // A probe that asked nobody must not keep others from asking.
  void give_probe_back(const routing::Candidate& candidate) {
    if (!candidate.probe) return;
    routing::AttemptReport report = last_;
    report.outcome = AttemptOutcome::kRequestFault;
    deps_.decisions.report(std::move(report));
  }

  void log(int status) const {
    const auto total = std::chrono::duration_cast<std::chrono::microseconds>(deps_.wheel.now() - started_);
    log_request(request_, status, last_, attempts_, total);
  }

  const ForwardedRequest& request_;
  Dependencies& deps_;
  const TimerWheel::TimePoint started_;
  std::size_t attempts_ = 0;
  std::vector<FailedAttempt> failures_;
  // Of the last attempt.
  routing::AttemptReport last_;
  std::optional<KeptAnswer> kept_;
  // Of the first provider that the request cannot be converted for.
  std::optional<ConversionRefusal> refusal_;
  bool met_empty_answer_ = false;
};

}  // namespace

asio::awaitable<void> serve_with_failover(const ForwardedRequest& request, routing::AttemptPlan plan,
                                          Dependencies& deps) {
  FailoverRun run(request, deps);
  co_await run.serve(plan);
}

}  // namespace balancer::gateway
