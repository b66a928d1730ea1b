#include "common/upstream/proxy_tunnel.hpp"

#include "common/upstream/http_connect.hpp"
#include "common/upstream/socks5.hpp"

namespace balancer {

asio::awaitable<UpstreamResult<void>> open_tunnel(asio::ip::tcp::socket& socket, const Proxy& proxy,
                                                  const std::string& host, std::uint16_t port) {
  if (proxy.protocol == ProxyProtocol::kSocks5) return open_socks5_tunnel(socket, proxy, host, port);
  return open_http_tunnel(socket, proxy, host, port);
}

}  // namespace balancer
