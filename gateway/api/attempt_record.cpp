#include "gateway/api/attempt_record.hpp"

#include <utility>

#include "common/log/log.hpp"
#include "gateway/api/shared_head.hpp"
#include "gateway/dialect/answer/answer_summary.hpp"

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

double seconds(std::chrono::microseconds duration) { return std::chrono::duration<double>(duration).count(); }

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
             {"cache", to_string(request.cache_outcome.value_or(CacheOutcome::kBypass))},
             {"input_tokens", last.input_token_count},
             {"output_tokens", last.output_token_count}});
}

void log_shared(const http::Exchange& exchange, const DeliveryContext& context, const SharedAnswer& answer,
                SharedDelivery delivery, Dependencies& deps) {
  const AnswerOrigin origin = answer.origin();
  const CacheOutcome outcome = outcome_of(origin);
  const std::optional<AnswerSummary> summary = summarize(answer);
  const AttemptOutcome how = shared_outcome(exchange, delivery, summary);
  const TokenUsage usage = summary ? summary->usage : TokenUsage();
  deps.metrics.count_cache_outcome(outcome);
  if (how == AttemptOutcome::kSuccess) deps.metrics.count_saved_tokens(usage.input_token_count, usage.output_token_count);
  const auto total = std::chrono::duration_cast<std::chrono::microseconds>(deps.wheel.now() - context.began);
  log::info("request completed", {{"request_id", exchange.request_id()},
                                  {"provider", origin.provider},
                                  {"model", context.model},
                                  {"status", 200},
                                  {"outcome", to_string(how)},
                                  {"response_time", seconds(total)},
                                  {"attempts", 0},
                                  {"cache", to_string(outcome)},
                                  {"input_tokens", usage.input_token_count},
                                  {"output_tokens", usage.output_token_count}});
}

}  // namespace balancer::gateway
