// What a client is told whose connection is one too many.
#pragma once

#include "common/async/timer_wheel.hpp"

namespace balancer::tls {
class ServerIdentity;
}

namespace balancer::http {

// Answers 529 with Retry-After, before anything was asked, and closes so that the client can read it. Takes about a second
// at most. The wheel and `tls` outlive it; null: the client speaks HTTP in clear.
asio::awaitable<void> turn_away(asio::ip::tcp::socket socket, TimerWheel& wheel, std::size_t drain_bytes,
                                const tls::ServerIdentity* tls = nullptr);

}  // namespace balancer::http
