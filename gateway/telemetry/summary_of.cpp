#include "gateway/telemetry/summary_of.hpp"

namespace balancer::gateway {

routing::RequestSummary summary_of(const RequestRecord& record) {
  routing::RequestSummary summary;
  summary.request_id = record.request_id;
  summary.model = record.model;
  summary.caller = record.caller;
  summary.route = record.route;
  summary.stream = record.stream;
  summary.cache = record.cache;
  summary.status = record.status;
  summary.outcome = record.outcome;
  summary.total_time = record.duration;
  summary.time_to_first_byte = record.time_to_first_byte;
  summary.provider = record.provider;
  summary.upstream_model = record.upstream_model;
  summary.upstream_request_id = record.upstream_request_id;
  summary.input_token_count = record.usage.input_token_count;
  summary.output_token_count = record.usage.output_token_count;
  summary.planned_by_gateway = record.planned_by_gateway;
  summary.error = record.error;
  summary.attempts.reserve(record.attempts.size());
  for (const AttemptRecord& attempt : record.attempts) {
    summary.attempts.push_back({.provider = attempt.provider,
                                .upstream_model = attempt.upstream_model,
                                .outcome = attempt.outcome,
                                .status = attempt.status,
                                .detail = attempt.detail,
                                .total_time = attempt.duration});
  }
  return summary;
}

routing::RequestSummary count_of(const RequestRecord& record) {
  routing::RequestSummary summary;
  summary.status = record.status;
  summary.outcome = record.outcome;
  return summary;
}

}  // namespace balancer::gateway
