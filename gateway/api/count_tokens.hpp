// POST /v1/messages/count_tokens (protocol.md section 6).
#pragma once

#include "common/http/exchange.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/telemetry/request_record.hpp"

namespace balancer::gateway {

// Counted by a provider of the Anthropic type where one serves the model, else estimated here: clients wait for the
// number before they go on, and an error makes them work with less (clients.md 5). What a provider fails at here says
// nothing about how it serves messages, and is not reported.
asio::awaitable<void> serve_count_tokens(http::Exchange& exchange, RequestRecord& record, const Snapshot& snapshot,
                                         Dependencies& deps);

}  // namespace balancer::gateway
