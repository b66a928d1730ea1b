// The demo provider's HTTP surface: POST /v1/messages, POST /v1/messages/count_tokens, GET /v1/models.
#pragma once

#include "common/http/exchange.hpp"

namespace balancer::demo {

// Serves one request; errors have Anthropic's envelope. Any credential will do, and none.
asio::awaitable<void> serve_demo(http::Exchange& exchange);

}  // namespace balancer::demo
