#include "common/upstream/socks5.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <utility>

namespace balancer {
namespace {

using asio::ip::tcp;

constexpr char kVersion = 5;
constexpr char kPasswordVersion = 1;
constexpr char kNoAuthentication = 0;
constexpr char kPassword = 2;
constexpr char kConnect = 1;
// Types of address.
constexpr char kIpv4 = 1;
constexpr char kDomainName = 3;
constexpr char kIpv6 = 4;
constexpr std::size_t kPortSize = 2;
constexpr std::size_t kMaxLength = 255;

UpstreamFailure proxy_failure(std::string detail) { return {UpstreamFailureKind::kProxy, std::move(detail)}; }

std::string with_length(std::string_view text) {
  std::string result(1, static_cast<char>(text.size()));
  return result.append(text);
}

std::string connect_request(const std::string& host, std::uint16_t port) {
  std::string request{kVersion, kConnect, 0};
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    request += kDomainName + with_length(host);
  } else if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    request.append(1, kIpv4).append(bytes.begin(), bytes.end());
  } else {
    const auto bytes = address.to_v6().to_bytes();
    request.append(1, kIpv6).append(bytes.begin(), bytes.end());
  }
  request.push_back(static_cast<char>(port >> 8));
  request.push_back(static_cast<char>(port & 0xff));
  return request;
}

std::string_view reply_text(char code) {
  static constexpr std::array<std::string_view, 9> kTexts{
      "succeeded",          "general failure",    "not allowed",           "network unreachable",       "host unreachable",
      "connection refused", "time to live ended", "command not supported", "address type not supported"};
  const auto index = static_cast<unsigned char>(code);
  return index < kTexts.size() ? kTexts[index] : "unknown reply";
}

// Exactly Size bytes: nothing of what follows the proxy's message is taken.
template <std::size_t Size>
asio::awaitable<UpstreamResult<std::array<char, Size>>> receive(tcp::socket& socket) {
  std::array<char, Size> bytes;
  const auto [error, size] = co_await asio::async_read(socket, asio::buffer(bytes), kAwaitTuple);
  if (error) co_return proxy_failure("the proxy closed the connection");
  co_return bytes;
}

asio::awaitable<UpstreamResult<void>> send(tcp::socket& socket, std::string message) {
  const auto [error, size] = co_await asio::async_write(socket, asio::buffer(message), kAwaitTuple);
  if (error) co_return proxy_failure(error.message());
  co_return UpstreamResult<void>{};
}

asio::awaitable<UpstreamResult<void>> authenticate(tcp::socket& socket, const Proxy& proxy) {
  const bool has_credentials = !proxy.username.empty();
  std::string greeting{kVersion, 1, kNoAuthentication};
  if (has_credentials) greeting = {kVersion, 2, kNoAuthentication, kPassword};
  if (auto sent = co_await send(socket, std::move(greeting)); !sent) co_return sent;
  const auto choice = co_await receive<2>(socket);
  if (!choice) co_return choice.error();
  if ((*choice)[0] != kVersion) co_return proxy_failure("the proxy does not speak SOCKS5");
  if ((*choice)[1] == kNoAuthentication) co_return UpstreamResult<void>{};
  if ((*choice)[1] != kPassword || !has_credentials) {
    co_return proxy_failure("the proxy offers no common way to authenticate");
  }

  std::string login = kPasswordVersion + with_length(proxy.username) + with_length(proxy.password.reveal());
  if (auto sent = co_await send(socket, std::move(login)); !sent) co_return sent;
  const auto verdict = co_await receive<2>(socket);
  if (!verdict) co_return verdict.error();
  if ((*verdict)[1] != 0) co_return proxy_failure("the proxy refused the credentials");
  co_return UpstreamResult<void>{};
}

// The address that the proxy connects from: read to leave the stream clean, otherwise of no use.
asio::awaitable<UpstreamResult<void>> skip_bound_address(tcp::socket& socket, char type) {
  std::size_t size = 0;
  if (type == kIpv4) {
    size = 4;
  } else if (type == kIpv6) {
    size = 16;
  } else if (type == kDomainName) {
    const auto length = co_await receive<1>(socket);
    if (!length) co_return length.error();
    size = static_cast<unsigned char>((*length)[0]);
  } else {
    co_return proxy_failure("the proxy's answer is malformed");
  }
  std::array<char, kMaxLength + kPortSize> address;
  const auto [error, read] =
      co_await asio::async_read(socket, asio::buffer(address, size + kPortSize), kAwaitTuple);
  if (error) co_return proxy_failure("the proxy closed the connection");
  co_return UpstreamResult<void>{};
}

}  // namespace

asio::awaitable<UpstreamResult<void>> open_socks5_tunnel(tcp::socket& socket, const Proxy& proxy,
                                                         const std::string& host, std::uint16_t port) {
  if (host.size() > kMaxLength || proxy.username.size() > kMaxLength || proxy.password.reveal().size() > kMaxLength) {
    co_return proxy_failure("a name or credential is too long for SOCKS5");
  }
  if (auto known = co_await authenticate(socket, proxy); !known) co_return known;
  if (auto sent = co_await send(socket, connect_request(host, port)); !sent) co_return sent;
  const auto reply = co_await receive<4>(socket);
  if (!reply) co_return reply.error();
  if ((*reply)[0] != kVersion) co_return proxy_failure("the proxy does not speak SOCKS5");
  if ((*reply)[1] != 0) {
    co_return proxy_failure(fmt::format("the proxy refused: {}", reply_text((*reply)[1])));
  }
  co_return co_await skip_bound_address(socket, (*reply)[3]);
}

}  // namespace balancer
