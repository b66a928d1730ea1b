// Requests that ask for no output: answered here (protocol.md 2.2, "max_tokens: 0").
#pragma once

#include "gateway/api/provider_attempt.hpp"

namespace balancer::gateway {

// Such a request warms the cache of a provider that has one; the others would refuse it. The answer is a message
// without content, streamed if that was asked for.
asio::awaitable<AttemptEnd> answer_without_provider(const ForwardedRequest& request, const AttemptTarget& target,
                                                    const ReplyContext& context, Dependencies& deps);

}  // namespace balancer::gateway
