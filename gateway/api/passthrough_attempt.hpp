// An attempt at a provider of the Anthropic type: bytes pass through (protocol.md 1.9).
#pragma once

#include "gateway/api/provider_attempt.hpp"

namespace balancer::gateway {

asio::awaitable<AttemptEnd> attempt_passthrough(const ForwardedRequest& request, const AttemptTarget& target,
                                                Dependencies& deps);

}  // namespace balancer::gateway
