#include "gateway/api/request_notes.hpp"

#include <utility>

#include "gateway/api/shared_head.hpp"
#include "gateway/dialect/answer/answer_summary.hpp"
#include "gateway/telemetry/access_log.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

// What is known of the answer's end is how it was read where it was kept whole.
AttemptOutcome shared_outcome(const http::Exchange& exchange, SharedDelivery delivery,
                              const std::optional<AnswerSummary>& summary) {
  if (exchange.client_gone()) return AttemptOutcome::kClientGone;
  const bool cut = delivery == SharedDelivery::kCutOff || (summary && !summary->complete);
  return cut ? AttemptOutcome::kTransient : AttemptOutcome::kSuccess;
}

std::optional<AnswerSummary> summarize(const SharedAnswer& answer) {
  const std::optional<std::string> text = answer.whole_text();
  if (!text) return std::nullopt;
  return answer.form() == AnswerForm::kEvents ? summarize_events(*text) : summarize_message(*text);
}

}  // namespace

routing::AttemptReport report_of(const AttemptEnd& end, const Provider& provider, std::string upstream_model,
                                 bool probe) {
  routing::AttemptReport report;
  report.provider = provider.name;
  report.upstream_model = std::move(upstream_model);
  report.outcome = end.outcome.kind;
  report.status = end.outcome.status;
  report.retry_delay = end.outcome.retry_delay;
  report.time_to_first_byte = end.time_to_first_byte;
  report.total_time = end.total_time;
  report.input_token_count = end.usage.input_token_count;
  report.output_token_count = end.usage.output_token_count;
  report.response_byte_count = static_cast<std::int64_t>(end.response_byte_count);
  report.probe = probe;
  report.detail = end.outcome.detail;
  return report;
}

void note_shed(RequestRecord& record, ShedReason reason, const Error& error) {
  record.shed = reason;
  record.outcome = AttemptOutcome::kNotSent;
  record.error = error.message;
}

AttemptRecord& note_attempt(RequestRecord& record, const AttemptTarget& target, const AttemptEnd& end,
                            TimerWheel::TimePoint began) {
  AttemptRecord& attempt = record.attempts.emplace_back();
  attempt.provider = target.provider.name;
  attempt.provider_type = target.provider.type;
  attempt.upstream_model = target.upstream_model;
  attempt.outcome = end.outcome.kind;
  attempt.status = end.outcome.status;
  attempt.detail = end.outcome.detail;
  attempt.began = std::chrono::duration_cast<microseconds>(began - record.arrival);
  attempt.duration = end.total_time;
  attempt.time_to_first_byte = end.time_to_first_byte;
  attempt.usage = end.usage;
  attempt.upstream_request_id = end.upstream_request_id;
  attempt.span = target.span;
  record.provider = attempt.provider;
  record.upstream_model = attempt.upstream_model;
  record.upstream_request_id = attempt.upstream_request_id;
  record.outcome = attempt.outcome;
  record.usage = end.usage;
  log_failed_attempt(record, attempt);
  return attempt;
}

void note_shared_answer(RequestRecord& record, const http::Exchange& exchange, const SharedAnswer& answer,
                        SharedDelivery delivery) {
  AnswerOrigin origin = answer.origin();
  const std::optional<AnswerSummary> summary = summarize(answer);
  record.cache = outcome_of(origin);
  record.provider = std::move(origin.provider);
  record.upstream_model = std::move(origin.upstream_model);
  record.outcome = shared_outcome(exchange, delivery, summary);
  if (summary) record.usage = summary->usage;
}

}  // namespace balancer::gateway
