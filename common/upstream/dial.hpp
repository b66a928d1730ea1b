// From a host name to a connected TCP socket.
#pragma once

#include <cstdint>
#include <string>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/upstream/resolver.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// Tries the addresses in the resolver's order, each with an equal share of the time that is left, so that one black
// hole does not use it up. The socket sends without delay (TCP_NODELAY) and notices a dead peer (SO_KEEPALIVE).
// Fails with kResolve, kConnect or kConnectTimeout. References must outlive completion; `host` is a name or an
// address literal without brackets.
asio::awaitable<UpstreamResult<asio::ip::tcp::socket>> dial(TimerWheel& wheel, Resolver& resolver,
                                                            const std::string& host, std::uint16_t port,
                                                            TimerWheel::TimePoint deadline);

}  // namespace balancer
