// The access record: one log line a request.
#pragma once

#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

// "request completed" with request_id, endpoint, model, provider, status, response_time, time_to_first_byte, attempts,
// cache, tokens and so on (seed-compat.md section 3); what a request has not is left out. Times are in seconds. Failures are
// errors, refusals of what the client asked are warnings; probes are for debugging only.
void log_access(const RequestRecord& record);

// A failure of a provider, when it happened.
void log_failed_attempt(const RequestRecord& record, const AttemptRecord& attempt);

}  // namespace balancer::gateway
