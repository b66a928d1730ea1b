// The demo provider's HTTP surface: POST /v1/messages and /v1/messages/count_tokens in Anthropic's dialect, POST
// /v1/chat/completions in OpenAI's, GET /v1/models in both. The last two also without the /v1.
#pragma once

#include "common/http/exchange.hpp"

namespace balancer::demo {

// Serves one request; errors have the envelope of the path's dialect. Any credential will do, and none.
asio::awaitable<void> serve_demo(http::Exchange& exchange);

}  // namespace balancer::demo
