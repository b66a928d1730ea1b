// A Messages request whose answer may be another one's, or become another one's.
#pragma once

#include <memory>

#include "common/http/exchange.hpp"
#include "common/signature/request_signature.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/api/messages_input.hpp"
#include "gateway/http/cache_directives.hpp"

namespace balancer::gateway {

// The first to ask leads: the answer is made apart from its connection, and whoever asks the same meanwhile reads it too.
// When it comes to nothing, the next of these leads; who has waited in vain twice asks alone. Complete when the last byte
// of the answer, or one error body, has been written. `input` is not null.
asio::awaitable<void> serve_shared(http::Exchange& exchange, std::unique_ptr<MessagesInput> input,
                                   RequestSignature signature, CacheDirectives directives, Dependencies& deps);

}  // namespace balancer::gateway
