#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

std::optional<microseconds> overhead_of(const RequestRecord& record) {
  if (record.cache == CacheOutcome::kJoin || record.attempts.empty()) return std::nullopt;
  microseconds others = record.reading;
  for (const AttemptRecord& attempt : record.attempts) others += attempt.duration;
  return std::max(record.duration - others, microseconds(0));
}

bool is_probe(const RequestRecord& record) { return record.endpoint == "probes"; }

bool is_failure(const RequestRecord& record) {
  return record.status >= 500 || (record.status == 200 && is_provider_failure(record.outcome));
}

}  // namespace balancer::gateway
