#include "gateway/telemetry/request_telemetry.hpp"

#include <exception>
#include <utility>

#include "common/log/log_exception.hpp"
#include "common/routing/routing_names.hpp"
#include "common/snapshot/provider_type_name.hpp"
#include "gateway/metrics/metric_labels.hpp"
#include "gateway/telemetry/access_log.hpp"
#include "gateway/telemetry/request_spans.hpp"
#include "gateway/telemetry/summary_of.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr int kClientClosedRequest = 499;

bool is_messages(const RequestRecord& record) { return record.endpoint == "messages"; }

}  // namespace

struct RequestTelemetry::OpenRecord : RequestRecord {
  explicit OpenRecord(RequestTelemetry& telemetry_) : telemetry(telemetry_) { telemetry.metrics_.request_opened(); }
  ~OpenRecord() {
    telemetry.metrics_.request_closed();
    if (status == 0) return;
    // The making of its answer may have ended well since.
    if (status == kClientClosedRequest) outcome = AttemptOutcome::kClientGone;
    try {
      telemetry.publish(*this);
    } catch (const std::exception&) {
      log::error_thrown("a request could not be told of", std::current_exception());
    }
  }
  OpenRecord(const OpenRecord&) = delete;
  OpenRecord& operator=(const OpenRecord&) = delete;

  RequestTelemetry& telemetry;
};

RequestTelemetry::RequestTelemetry(const Sinks& sinks)
    : sinks_(sinks), metrics_(sinks.metrics.make_request_metrics()) {}

std::shared_ptr<RequestRecord> RequestTelemetry::open(const http::Exchange& exchange, std::string_view endpoint) {
  auto record = std::make_shared<OpenRecord>(*this);
  record->request_id = exchange.request_id();
  record->endpoint = endpoint;
  record->arrival = sinks_.clock.now();
  record->arrival_time = sinks_.clock.wall_now();
  record->listed = is_messages(*record) && summaries_.take(record->arrival);
  const auto from_client = tracing::parse_traceparent(exchange.request().header("traceparent"));
  if (sinks_.spans == nullptr) {
    record->trace = from_client;
  } else if (from_client) {
    record->trace = tracing::child_of(*from_client);
    record->parent_span = from_client->span;
  } else {
    record->trace = tracing::begin_trace();
  }
  return record;
}

void RequestTelemetry::close(RequestRecord& record, const http::Exchange& exchange) {
  using std::chrono::duration_cast;
  const http::AnswerProgress& progress = exchange.progress();
  record.duration = duration_cast<microseconds>(sinks_.clock.now() - record.arrival);
  record.status = progress.status;
  if (record.status == 0) {
    const bool gone = exchange.client_gone();
    record.status = gone ? kClientClosedRequest : 500;
    if (record.attempts.empty()) record.outcome = gone ? AttemptOutcome::kClientGone : AttemptOutcome::kNotSent;
  }
  if (progress.first_byte_time) {
    record.time_to_first_byte = duration_cast<microseconds>(*progress.first_byte_time - record.arrival);
  }
}

std::optional<tracing::SpanId> RequestTelemetry::begin_attempt(const RequestRecord& record) const {
  if (sinks_.spans == nullptr || !record.trace) return std::nullopt;
  return tracing::child_of(*record.trace).span;
}

void RequestTelemetry::publish(const RequestRecord& record) {
  count(record);
  log_access(record);
  if (sinks_.spans != nullptr && !is_probe(record)) {
    for (tracing::Span& span : spans_of(record)) sinks_.spans->submit(std::move(span));
  }
  if (decisions_ == nullptr || !is_messages(record)) return;
  decisions_->report_request(is_told_of(record) ? summary_of(record) : count_of(record));
}

bool RequestTelemetry::is_told_of(const RequestRecord& record) {
  if (record.listed) return true;
  const bool failed = record.status >= 400 || is_failure(record);
  return failed && failures_.take(record.arrival + record.duration);
}

void RequestTelemetry::count(const RequestRecord& record) {
  CountedRequest request{.endpoint = record.endpoint,
                         .status = record.status,
                         .duration = record.duration,
                         .time_to_first_byte = std::nullopt,
                         .overhead = std::nullopt};
  if (is_messages(record)) {
    if (record.time_to_first_byte) request.time_to_first_byte = *record.time_to_first_byte;
    if (const auto overhead = overhead_of(record)) request.overhead = *overhead;
  }
  metrics_.count(request);
  if (record.rejection) metrics_.count_rejection(to_string(*record.rejection));
  if (record.shed) metrics_.count_rejection(to_string(*record.shed));
  if (record.cache) sinks_.metrics.count_cache_outcome(*record.cache);
  const bool shared = record.cache == CacheOutcome::kHit || record.cache == CacheOutcome::kJoin;
  if (shared && record.outcome == routing::AttemptOutcome::kSuccess) {
    sinks_.metrics.count_saved_tokens(record.usage.input_token_count, record.usage.output_token_count);
  }
  for (const AttemptRecord& attempt : record.attempts) {
    CountedAttempt counted{.provider = attempt.provider,
                           .outcome = to_string(attempt.outcome),
                           .retried = attempt.retried,
                           .duration = attempt.duration,
                           .time_to_first_byte = std::nullopt};
    if (attempt.time_to_first_byte) counted.time_to_first_byte = *attempt.time_to_first_byte;
    metrics_.count(counted);
    if (!is_messages(record) || !record.snapshot) continue;
    const bool success = attempt.outcome == routing::AttemptOutcome::kSuccess;
    CountedOperation operation{.name = "chat",
                               .provider_type = to_string(attempt.provider_type),
                               .provider = attempt.provider,
                               .request_model = model_label(record.model, record.route, *record.snapshot),
                               .upstream_model = model_label(attempt.upstream_model, record.route, *record.snapshot),
                               .error_type = success ? std::string_view() : to_string(attempt.outcome),
                               .duration = attempt.duration,
                               .time_to_first_chunk = std::nullopt,
                               .input_tokens = attempt.usage.uncached_input_token_count,
                               .output_tokens = attempt.usage.output_token_count,
                               .cache_read_tokens = attempt.usage.cache_read_token_count,
                               .cache_creation_tokens = attempt.usage.cache_creation_token_count};
    if (record.stream && attempt.time_to_first_byte) operation.time_to_first_chunk = *attempt.time_to_first_byte;
    metrics_.count(operation);
  }
}

}  // namespace balancer::gateway
