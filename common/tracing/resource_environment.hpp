// What the environment says of the program that makes the spans.
#pragma once

#include "common/tracing/resource.hpp"
#include "common/tracing/variables.hpp"

namespace balancer::tracing {

// `program` with OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME put over it, in that order. What is left without a name
// is an "unknown_service"; without an instance, a random one. A list that cannot be read is logged and passed over.
[[nodiscard]] Resource described_by(const Variables& variables, Resource program);

}  // namespace balancer::tracing
