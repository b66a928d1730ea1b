#include "gateway/api/failover_run.hpp"

#include <fmt/format.h>

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

}  // namespace

asio::awaitable<void> serve_with_failover(const ForwardedRequest& request, routing::AttemptPlan plan,
                                          Dependencies& deps) {
  const TimerWheel::TimePoint started = deps.wheel.now();
  const auto total = [&] {
    return std::chrono::duration_cast<std::chrono::microseconds>(deps.wheel.now() - started);
  };
  std::vector<FailedAttempt> failures;
  for (std::size_t i = 0; i < plan.candidates.size(); ++i) {
    const routing::Candidate& candidate = plan.candidates[i];
    const Provider& provider = request.snapshot.providers[candidate.provider];
    const auto attempt_number = static_cast<unsigned>(failures.size() + 1);
    AttemptEnd end = co_await attempt_provider(request, provider, candidate.upstream_model, attempt_number, deps);

    const std::string& model = candidate.upstream_model.empty() ? request.message.model : candidate.upstream_model;
    routing::AttemptReport report = report_of(end, provider, model, candidate.probe);
    log_attempt(request, report);
    deps.decisions.report(report);
    if (end.delivered) {
      log_request(request, end.outcome.status, report, attempt_number, total());
      co_return;
    }
    failures.push_back({provider.name, end.outcome.kind, end.outcome.overloaded, end.outcome.retry_delay,
                        end.outcome.detail});
    const RetryDecision decision = decide_retry(end.outcome.kind, {.attempts_made = attempt_number,
                                                                   .attempt_limit = request.snapshot.attempt_limit,
                                                                   .candidates_left = plan.candidates.size() - i - 1,
                                                                   .deadline_passed = deps.wheel.now() >= request.deadline});
    if (decision == RetryDecision::kTryNext) continue;

    const bool speaks_itself = decision == RetryDecision::kDeliver || failures.size() == 1;
    if (end.answer && speaks_itself && may_be_handed_on(end.outcome.kind)) {
      log_request(request, end.answer->head.status(), report, attempt_number, total());
      co_await request.exchange.respond(end.answer->head, end.answer->body);
      co_return;
    }
    if (end.outcome.kind == AttemptOutcome::kClientGone) {
      if (request.exchange.client_gone()) {
        log_request(request, 499, report, attempt_number, total());
        co_return;
      }
      // Cancelled by the gateway itself.
      log_request(request, 503, report, attempt_number, total());
      Error ending{ErrorCode::kUnavailable, "gateway: shutting down", {}};
      co_return co_await reply_error(request.exchange, std::move(ending));
    }
    FinalAnswer answer = final_answer(failures);
    log_request(request, http_form(answer.error.code).status, report, attempt_number, total());
    const AttemptSummary summary{provider.name, failures.size(), request.snapshot.diagnostic_headers};
    co_await reply_final(request.exchange, std::move(answer), summary);
    co_return;
  }
}

}  // namespace balancer::gateway
