// An attempt at a provider of the openai type: request and answer are converted (protocol.md 2 to 5).
#pragma once

#include "gateway/api/provider_attempt.hpp"

namespace balancer::gateway {

// What the provider refuses to understand is left out, and the request sent once more (protocol.md 5.6): both count as
// one attempt.
asio::awaitable<AttemptEnd> attempt_converted(const ForwardedRequest& request, const AttemptTarget& target,
                                              Dependencies& deps);

}  // namespace balancer::gateway
