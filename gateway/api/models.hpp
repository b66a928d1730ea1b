// GET /v1/models and GET /v1/models/{id} (protocol.md section 7): answered from the snapshot, in a form that the
// Anthropic SDKs, the OpenAI SDKs and Claude Code's model discovery all read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/http/exchange.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::gateway {

// The names that clients may send, in the configuration's order, each once: exact routes, and the upstream names of
// a pattern's providers that the pattern itself matches. Routes without an enabled provider offer nothing.
[[nodiscard]] std::vector<std::string> offered_models(const Snapshot& snapshot);

// The page that a query string ("limit=20&after_id=x") asks for, as JSON. Refuses a malformed limit.
[[nodiscard]] Result<std::string> model_page(const Snapshot& snapshot, std::string_view query);

asio::awaitable<void> serve_model_list(http::Exchange& exchange, const Snapshot& snapshot);
asio::awaitable<void> serve_model(http::Exchange& exchange, std::string_view id, const Snapshot& snapshot);

}  // namespace balancer::gateway
