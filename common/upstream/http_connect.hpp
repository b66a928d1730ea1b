// HTTP CONNECT (RFC 9110 9.3.6), the client's side.
#pragma once

#include <cstdint>
#include <string>

#include "common/async/asio.hpp"
#include "common/snapshot/provider.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// See open_tunnel().
asio::awaitable<UpstreamResult<void>> open_http_tunnel(asio::ip::tcp::socket& socket, const Proxy& proxy,
                                                       const std::string& host, std::uint16_t port);

}  // namespace balancer
