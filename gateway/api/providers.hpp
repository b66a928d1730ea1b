// GET /providers and POST /providers/reload: the reference's operator endpoints (seed-compat section 2), answered by
// the control plane through the gateway.
#pragma once

#include "common/http/exchange.hpp"
#include "gateway/api/dependencies.hpp"

namespace balancer::gateway {

asio::awaitable<void> serve_providers(http::Exchange& exchange, Dependencies& deps);
asio::awaitable<void> serve_reload(http::Exchange& exchange, Dependencies& deps);

}  // namespace balancer::gateway
