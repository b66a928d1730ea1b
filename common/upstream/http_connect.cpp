#include "common/upstream/http_connect.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <boost/asio/write.hpp>
#include <string_view>

#include "common/upstream/head_scanner.hpp"
#include "common/upstream/response_parser.hpp"

namespace balancer {
namespace {

constexpr std::size_t kAnswerLimit = 8 * 1024;

UpstreamFailure proxy_failure(std::string detail) { return {UpstreamFailureKind::kProxy, std::move(detail)}; }

std::string base64(std::string_view text) {
  // EVP_EncodeBlock ends what it writes with a NUL.
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

std::string connect_request(const Proxy& proxy, const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  const std::string authority = is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
  std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
  if (!proxy.username.empty()) {
    request += fmt::format("Proxy-Authorization: Basic {}\r\n", base64(proxy.username + ":" + proxy.password.reveal()));
  }
  return request + "\r\n";
}

UpstreamResult<void> judge_answer(std::string_view head, bool bytes_follow) {
  ResponseParser parser;
  if (!parser.parse_head(head)) return proxy_failure("the proxy's answer is not HTTP");
  if (parser.status() / 100 != 2) return proxy_failure(fmt::format("the proxy refused: status {}", parser.status()));
  // The provider speaks only when spoken to, so these bytes are the proxy's own.
  if (bytes_follow) return proxy_failure("the proxy sent more than an answer");
  return {};
}

}  // namespace

asio::awaitable<UpstreamResult<void>> open_http_tunnel(asio::ip::tcp::socket& socket, const Proxy& proxy,
                                                       const std::string& host, std::uint16_t port) {
  const std::string request = connect_request(proxy, host, port);
  const auto [write_error, written] = co_await asio::async_write(socket, asio::buffer(request), kAwaitTuple);
  if (write_error) co_return proxy_failure(write_error.message());

  std::array<char, kAnswerLimit> answer;
  std::size_t filled = 0;
  HeadScanner scanner;
  while (filled < answer.size()) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(answer) + filled, kAwaitTuple);
    if (error) co_return proxy_failure("the proxy closed the connection");
    filled += size;
    switch (scanner.scan({answer.data(), filled})) {
      case HeadScan::kIncomplete:
        continue;
      case HeadScan::kMalformed:
        co_return proxy_failure("the proxy's answer is not HTTP");
      case HeadScan::kComplete:
        co_return judge_answer({answer.data(), scanner.head_size()}, filled > scanner.head_size());
    }
  }
  co_return proxy_failure("the proxy's answer is too long");
}

}  // namespace balancer
