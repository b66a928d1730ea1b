// Flags of every program with a gateway in it: whether its clients speak TLS, how much it takes on at once, and how it ends.
#pragma once

#include "gateway/app/gateway_settings.hpp"

namespace CLI {
class App;
}

namespace balancer::gateway {

// Adds --tls-certificate, --tls-key, --max-connections, --max-in-flight, --max-body-memory, --drain-delay and
// --drain-timeout, each with its environment variable. `settings` outlives the parsing.
void add_serving_flags(CLI::App& app, GatewaySettings& settings);

}  // namespace balancer::gateway
