// SOCKS5 (RFC 1928, RFC 1929), the client's side.
#pragma once

#include <cstdint>
#include <string>

#include "common/async/asio.hpp"
#include "common/snapshot/provider.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// See open_tunnel(). The proxy resolves names; address literals are sent as addresses.
asio::awaitable<UpstreamResult<void>> open_socks5_tunnel(asio::ip::tcp::socket& socket, const Proxy& proxy,
                                                         const std::string& host, std::uint16_t port);

}  // namespace balancer
