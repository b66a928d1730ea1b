// From a checked HTTP request to its endpoint: who may call comes before what is called.
#pragma once

#include "common/http/exchange.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/http/route_table.hpp"

namespace balancer::gateway {

// What records and metrics call what was asked for: messages, count_tokens, models, providers, reload, probes, other.
[[nodiscard]] std::string_view endpoint_label(const RouteResult& route);

// The data listener: every endpoint.
asio::awaitable<void> serve_request(http::Exchange& exchange, Dependencies& deps);

// The admin listener: probes only, for orchestrators that cannot reach the data listener.
asio::awaitable<void> serve_admin_request(http::Exchange& exchange, Dependencies& deps);

}  // namespace balancer::gateway
