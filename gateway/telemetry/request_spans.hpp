// A request as spans: one of the server's kind for itself, one of the client's kind for each attempt under it, with the
// attributes of OpenTelemetry's HTTP and GenAI conventions. Never holds prompts or credentials.
#pragma once

#include <vector>

#include "common/tracing/span.hpp"
#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

// Empty for a request without a trace, or one whose client does not want it sampled.
[[nodiscard]] std::vector<tracing::Span> spans_of(const RequestRecord& record);

}  // namespace balancer::gateway
