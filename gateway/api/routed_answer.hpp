// A Messages request put to the providers that a plan names, or refused as the decision says.
#pragma once

#include <functional>

#include "common/http/exchange.hpp"
#include "common/routing/attempt_plan.hpp"
#include "common/routing/cache_outcome.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/api/messages_input.hpp"
#include "gateway/api/provider_attempt.hpp"

namespace balancer::gateway {

// What is asked for it. The views are of `input`.
[[nodiscard]] DecisionRequest decision_request(const MessagesInput& input);

// Complete when the last byte of the answer, or one error body, has been written to `exchange`. `on_attempt` may be empty.
// The references outlive it.
asio::awaitable<void> serve_plan(http::Exchange& exchange, MessagesInput& input, routing::AttemptPlan plan,
                                 CacheOutcome outcome, std::function<void(const AttemptTarget&)> on_attempt,
                                 Dependencies& deps);
asio::awaitable<void> reply_rejection(http::Exchange& exchange, const routing::Rejection& rejection,
                                      const MessagesInput& input);

// For this client alone: neither looked up nor joined nor stored.
asio::awaitable<void> serve_alone(http::Exchange& exchange, MessagesInput& input, Dependencies& deps);

}  // namespace balancer::gateway
