// Endpoints that only say how the gateway is: none of them ever calls a provider.
#pragma once

#include "common/http/exchange.hpp"
#include "gateway/api/dependencies.hpp"

namespace balancer::gateway {

// GET, HEAD /: what the reference's users look at.
asio::awaitable<void> serve_service_info(http::Exchange& exchange, Dependencies& deps);
// GET, HEAD /api/hello: Claude Code's connectivity check.
asio::awaitable<void> serve_hello(http::Exchange& exchange);
// GET /health: 503 while no provider is healthy; for people and docker-compose.
asio::awaitable<void> serve_health(http::Exchange& exchange, Dependencies& deps);
// GET /livez: the process runs.
asio::awaitable<void> serve_live(http::Exchange& exchange);
// GET /readyz: there is a configuration and the process is not shutting down. Does not depend on providers.
asio::awaitable<void> serve_ready(http::Exchange& exchange, Dependencies& deps);

}  // namespace balancer::gateway
