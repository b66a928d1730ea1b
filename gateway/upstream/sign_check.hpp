// Applies what the operator counts as a provider's failure (common/snapshot/unhealthy_signs.hpp) to what
// upstream_outcome made of an attempt.
//
// A sign only makes a transient failure of what said nothing about the provider; what speaks against it already keeps its
// class. A client that left is never the provider's failure, nor is a request that goes in a circle, nor a conversation that
// is too long for the model: its client has to be told, in whichever words.
#pragma once

#include <string_view>

#include "common/snapshot/unhealthy_signs.hpp"
#include "gateway/upstream/upstream_outcome.hpp"

namespace balancer::gateway {

// An answer of this status is a failure although nothing else is wrong with it.
[[nodiscard]] bool is_listed(int status, const UnhealthySigns& signs);
[[nodiscard]] UpstreamOutcome listed_answer(int status);

// `outcome` is what the error answer was classified as. Only the beginning of `body` is searched.
[[nodiscard]] UpstreamOutcome heed_answer_signs(UpstreamOutcome outcome, const ErrorAnswer& answer,
                                                std::string_view body, const UnhealthySigns& signs);

// Of an attempt that may have got no answer: then `outcome.detail` tells why.
[[nodiscard]] UpstreamOutcome heed_connection_signs(UpstreamOutcome outcome, const UnhealthySigns& signs);

}  // namespace balancer::gateway
