// From a host name to a connected TCP socket.
#pragma once

#include <cstdint>
#include <string>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/upstream/resolver.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

struct DialTarget {
  // A name, or an address literal without brackets.
  const std::string& host;
  std::uint16_t port = 0;
  // Guarded addresses (common/net/guarded_address.hpp) are as good as others.
  bool allow_link_local = false;
};

// Tries the addresses in the resolver's order, each with an equal share of the time that is left, so that one black
// hole does not use it up. Guarded addresses are left out unless the target allows them: whoever answers for a name
// could otherwise turn a provider into the machine's metadata service at any time. The socket sends without delay
// (TCP_NODELAY) and notices a dead peer (SO_KEEPALIVE). Fails with kResolve, kConnect or kConnectTimeout. References
// must outlive completion.
asio::awaitable<UpstreamResult<asio::ip::tcp::socket>> dial(TimerWheel& wheel, Resolver& resolver,
                                                            const DialTarget& target, TimerWheel::TimePoint deadline);

}  // namespace balancer
