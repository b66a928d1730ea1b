// Takes a request through its candidates until one answers: plan, try, decide, deliver.
#pragma once

#include <string>

#include "gateway/api/dependencies.hpp"
#include "gateway/api/provider_attempt.hpp"

namespace balancer::gateway {

// Completes when the client has its answer, or is gone. Every attempt has then been reported and the request logged.
asio::awaitable<void> serve_with_failover(const ForwardedRequest& request, routing::AttemptPlan plan,
                                          Dependencies& deps);

}  // namespace balancer::gateway
