// Spans in the words of the OpenTelemetry protocol.
#pragma once

#include <span>
#include <string>

#include "common/tracing/resource.hpp"
#include "common/tracing/span.hpp"

namespace balancer::tracing {

// The body of an ExportTraceServiceRequest in OTLP's JSON mapping. Invalid UTF-8 is replaced, so that it always
// parses.
[[nodiscard]] std::string encode_otlp(std::span<const Span> spans, const Resource& resource);

}  // namespace balancer::tracing
