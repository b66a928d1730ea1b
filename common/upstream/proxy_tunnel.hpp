// Asks a forward proxy for a tunnel to a provider.
#pragma once

#include <cstdint>
#include <string>

#include "common/async/asio.hpp"
#include "common/snapshot/provider.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// Speaks HTTP CONNECT (Basic credentials) or SOCKS5 (RFC 1928; none or user name and password, RFC 1929) on `socket`,
// which is connected to the proxy. The proxy resolves the provider's name. Afterwards the socket leads to the
// provider. Fails with kProxy; details never hold credentials or the proxy's words. References must outlive
// completion.
asio::awaitable<UpstreamResult<void>> open_tunnel(asio::ip::tcp::socket& socket, const Proxy& proxy,
                                                  const std::string& host, std::uint16_t port);

}  // namespace balancer
