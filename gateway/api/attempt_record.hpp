// What is told of attempts and requests: to the control plane, and in the log.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "common/routing/attempt_report.hpp"
#include "gateway/api/delivery_context.hpp"
#include "gateway/api/provider_attempt.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

[[nodiscard]] routing::AttemptReport report_of(const AttemptEnd& end, const Provider& provider,
                                               std::string upstream_model, bool probe);

// Only failures of the provider.
void log_attempt(const ForwardedRequest& request, const routing::AttemptReport& report);

// The access record: one line a request. `last` is the attempt that it ended with.
void log_request(const ForwardedRequest& request, int status, const routing::AttemptReport& last,
                 std::size_t attempt_count, std::chrono::microseconds total);
// The access record, and the count, of a request that was given an answer which was not made for it.
enum class SharedDelivery { kToItsEnd, kCutOff };
void log_shared(const http::Exchange& exchange, const DeliveryContext& context, const SharedAnswer& answer,
                SharedDelivery delivery, Dependencies& deps);

}  // namespace balancer::gateway
