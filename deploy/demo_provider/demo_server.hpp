// The demo provider as a running server.
#pragma once

#include <functional>
#include <string>

#include "common/net/listen_address.hpp"

namespace balancer::demo {

// Serves on the calling thread until SIGINT or SIGTERM. Calls `on_listening` once, with the address that was bound.
// Only IP literals and "localhost". Throws std::exception when it cannot listen.
void run_demo_server(const TcpAddress& address, const std::function<void(const std::string&)>& on_listening);

}  // namespace balancer::demo
