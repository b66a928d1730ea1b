#include "gateway/telemetry/request_spans.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/snapshot/provider_type_name.hpp"

namespace balancer::gateway {
namespace {

using tracing::Span;

std::string text(std::string_view view) { return std::string(view); }

// The outcome; for a failure that no attempt led to, its status.
std::string error_type_of(const RequestRecord& record) {
  const bool named = record.outcome != routing::AttemptOutcome::kSuccess;
  return named ? text(to_string(record.outcome)) : std::to_string(record.status);
}

class Attributes {
 public:
  explicit Attributes(Span& span) : span_(span) {}

  void add(std::string_view key, std::string_view value) {
    if (!value.empty()) span_.attributes.push_back({text(key), text(value)});
  }
  void add(std::string_view key, std::int64_t value) { span_.attributes.push_back({text(key), value}); }
  void add_flag(std::string_view key, bool value) { span_.attributes.push_back({text(key), value}); }
  void add_usage(const TokenUsage& usage) {
    if (usage.input_token_count + usage.output_token_count == 0) return;
    add("gen_ai.usage.input_tokens", usage.input_token_count);
    add("gen_ai.usage.output_tokens", usage.output_token_count);
  }

 private:
  Span& span_;
};

Span request_span(const RequestRecord& record) {
  Span span;
  span.context = *record.trace;
  span.parent = record.parent_span;
  span.name = text(record.endpoint);
  span.kind = tracing::SpanKind::kServer;
  span.start = record.arrival_time;
  span.end = record.arrival_time + record.duration;
  Attributes attributes(span);
  attributes.add("balancer.request_id", record.request_id);
  attributes.add("balancer.caller", record.caller);
  attributes.add("balancer.route", record.route);
  attributes.add("balancer.provider", record.provider);
  if (record.cache) attributes.add("balancer.cache", to_string(*record.cache));
  attributes.add("balancer.attempts", static_cast<std::int64_t>(record.attempts.size()));
  attributes.add_flag("balancer.stream", record.stream);
  attributes.add("http.response.status_code", static_cast<std::int64_t>(record.status));
  attributes.add("gen_ai.request.model", record.model);
  attributes.add("gen_ai.response.model", record.upstream_model);
  attributes.add_usage(record.usage);
  if (is_failure(record)) {
    const std::string type = error_type_of(record);
    span.error = record.error.empty() ? type : record.error;
    attributes.add("error.type", type);
  }
  return span;
}

Span attempt_span(const RequestRecord& record, const AttemptRecord& attempt) {
  Span span;
  span.context = *record.trace;
  span.context.span = *attempt.span;
  span.parent = record.trace->span;
  span.name = fmt::format("chat {}", attempt.upstream_model);
  span.kind = tracing::SpanKind::kClient;
  span.start = record.arrival_time + attempt.began;
  span.end = span.start + attempt.duration;
  Attributes attributes(span);
  attributes.add("gen_ai.operation.name", "chat");
  attributes.add("gen_ai.provider.name", to_string(attempt.provider_type));
  attributes.add("gen_ai.request.model", attempt.upstream_model);
  attributes.add("balancer.provider", attempt.provider);
  if (attempt.status > 0) attributes.add("http.response.status_code", static_cast<std::int64_t>(attempt.status));
  attributes.add_usage(attempt.usage);
  if (is_provider_failure(attempt.outcome)) {
    span.error = attempt.detail;
    attributes.add("error.type", to_string(attempt.outcome));
  }
  return span;
}

}  // namespace

std::vector<Span> spans_of(const RequestRecord& record) {
  std::vector<Span> spans;
  if (!record.trace || !record.trace->sampled) return spans;
  spans.push_back(request_span(record));
  for (const AttemptRecord& attempt : record.attempts) {
    if (attempt.span) spans.push_back(attempt_span(record, attempt));
  }
  return spans;
}

}  // namespace balancer::gateway
