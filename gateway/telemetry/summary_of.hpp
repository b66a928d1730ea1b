// What the control plane is told of a request.
#pragma once

#include "common/routing/request_summary.hpp"
#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

[[nodiscard]] routing::RequestSummary summary_of(const RequestRecord& record);

// The same for a request that is only counted: without its name.
[[nodiscard]] routing::RequestSummary count_of(const RequestRecord& record);

}  // namespace balancer::gateway
