#include "common/net/listen_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <charconv>
#include <optional>
#include <system_error>

namespace balancer {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::size_t kMaxUnixPath = sizeof(sockaddr_un{}.sun_path) - 1;

Error invalid(std::string_view text, std::string_view reason) {
  return {ErrorCode::kInvalidRequest, fmt::format("address \"{}\": {}", text, reason), {}};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_ipv6(const std::string& host) {
  in6_addr parsed{};
  return inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

bool is_host(std::string_view host) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  return !host.empty() && host.find_first_not_of(kAllowed) == std::string_view::npos;
}

Result<ListenAddress> parse_unix(std::string_view text) {
  const std::string_view path = text.substr(kUnixPrefix.size());
  if (path.empty()) return invalid(text, "has no path after unix:");
  if (path.size() > kMaxUnixPath) {
    return invalid(text, fmt::format("a socket's path has at most {} characters", kMaxUnixPath));
  }
  return ListenAddress(UnixAddress{std::string(path)});
}

Result<ListenAddress> parse_tcp(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return invalid(text, "must be HOST:PORT, [IPV6]:PORT or unix:PATH");
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return invalid(text, "the port must be a number from 0 to 65535");

  const std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    const bool closed = host.ends_with(']');
    std::string address(host.substr(1, host.size() - (closed ? 2 : 1)));
    if (!closed || !is_ipv6(address)) return invalid(text, "holds no IPv6 address between [ and ]");
    return ListenAddress(TcpAddress{std::move(address), *port});
  }
  if (host.find(':') != std::string_view::npos) return invalid(text, "an IPv6 address is written in [ and ]");
  if (!is_host(host)) return invalid(text, "the host must be a name or an IP address");
  return ListenAddress(TcpAddress{std::string(host), *port});
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  return text.starts_with(kUnixPrefix) ? parse_unix(text) : parse_tcp(text);
}

std::string to_string(const ListenAddress& address) {
  if (const auto* unix_address = std::get_if<UnixAddress>(&address)) {
    return fmt::format("{}{}", kUnixPrefix, unix_address->path);
  }
  const auto& [host, port] = std::get<TcpAddress>(address);
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

bool is_loopback(const ListenAddress& address) {
  const auto* tcp = std::get_if<TcpAddress>(&address);
  if (tcp == nullptr || tcp->host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, tcp->host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, tcp->host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace balancer
