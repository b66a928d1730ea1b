// What others on the network can listen to.
#pragma once

#include "common/net/listen_address.hpp"

namespace balancer {

enum class Encryption { kNone, kTls };

// What is said to a peer at this address, or to whoever listens there, leaves the machine without TLS.
[[nodiscard]] bool crosses_network_in_clear(const ListenAddress& address, Encryption encryption);

}  // namespace balancer
