#include "gateway/telemetry/access_log.hpp"

#include <boost/container/static_vector.hpp>

#include "common/log/log.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxFields = 24;
using FieldList = boost::container::static_vector<log::Field, kMaxFields>;

double seconds(microseconds duration) { return std::chrono::duration<double>(duration).count(); }

log::Level level_of(const RequestRecord& record) {
  if (is_probe(record)) return log::Level::kDebug;
  if (is_failure(record)) return log::Level::kError;
  return record.status >= 400 && record.status != 499 ? log::Level::kWarning : log::Level::kInfo;
}

void add_text(FieldList& fields, std::string_view key, std::string_view text) {
  if (!text.empty()) fields.emplace_back(key, text);
}

}  // namespace

void log_access(const RequestRecord& record) {
  const log::Level level = level_of(record);
  if (!log::enabled(level)) return;
  const std::string trace_id = record.trace ? to_string(record.trace->trace) : std::string();
  FieldList fields;
  add_text(fields, "request_id", record.request_id);
  add_text(fields, "trace_id", trace_id);
  add_text(fields, "endpoint", record.endpoint);
  add_text(fields, "caller", record.caller);
  add_text(fields, "model", record.model);
  add_text(fields, "route", record.route);
  add_text(fields, "provider", record.provider);
  add_text(fields, "upstream_model", record.upstream_model);
  add_text(fields, "upstream_request_id", record.upstream_request_id);
  fields.emplace_back("status", record.status);
  if (!record.model.empty()) {
    fields.emplace_back("stream", record.stream);
    add_text(fields, "outcome", to_string(record.outcome));
  }
  fields.emplace_back("response_time", seconds(record.duration));
  if (record.time_to_first_byte) fields.emplace_back("time_to_first_byte", seconds(*record.time_to_first_byte));
  if (const auto overhead = overhead_of(record)) fields.emplace_back("overhead", seconds(*overhead));
  if (!record.model.empty()) fields.emplace_back("attempts", record.attempts.size());
  if (record.cache) add_text(fields, "cache", to_string(*record.cache));
  const TokenUsage& usage = record.usage;
  if (const std::int64_t tokens = usage.input_token_count + usage.output_token_count; tokens > 0) {
    fields.emplace_back("tokens", tokens);
    fields.emplace_back("input_tokens", usage.input_token_count);
    fields.emplace_back("output_tokens", usage.output_token_count);
    fields.emplace_back("cache_read_tokens", usage.cache_read_token_count);
    fields.emplace_back("cache_creation_tokens", usage.cache_creation_token_count);
  }
  if (record.planned_by_gateway) fields.emplace_back("planned_by", "gateway");
  add_text(fields, "error", record.error);
  log::write(level, "request completed", fields);
}

void log_failed_attempt(const RequestRecord& record, const AttemptRecord& attempt) {
  using enum routing::AttemptOutcome;
  if (!is_provider_failure(attempt.outcome) && attempt.outcome != kTooLarge) return;
  log::warn("upstream attempt failed", {{"request_id", record.request_id},
                                        {"provider", attempt.provider},
                                        {"model", attempt.upstream_model},
                                        {"outcome", to_string(attempt.outcome)},
                                        {"detail", attempt.detail},
                                        {"upstream_request_id", attempt.upstream_request_id},
                                        {"response_time", seconds(attempt.duration)}});
}

}  // namespace balancer::gateway
