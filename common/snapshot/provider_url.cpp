#include "common/snapshot/provider_url.hpp"

#include "common/text/ascii.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

namespace balancer {
namespace {

namespace urls = boost::urls;

Error invalid(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

std::string host_of(const urls::url_view& url) {
  return ascii_lower(url.host_address());
}

// Percent-encoding could hide line ends and delimiters in a name that goes into header fields.
bool is_host(std::string_view host) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_~:";
  return !host.empty() && host.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Boost.URL takes "80x" for port 80 and path "x".
bool has_stray_path(const urls::url_view& url) {
  return !url.encoded_path().empty() && !url.encoded_path().starts_with('/');
}

std::string path_prefix_of(const urls::url_view& url) {
  std::string path(url.encoded_path());
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

// Boost.URL's own port_number() wraps around silently.
std::optional<std::uint16_t> port_of(const urls::url_view& url) {
  const std::string text(url.port());
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

Result<ProviderUrl> parse_provider_url(std::string_view text) {
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return invalid("is not a URL; expected https://host[:port][/path]");
  const urls::url_view url = *parsed;

  ProviderUrl result;
  if (url.scheme_id() == urls::scheme::https) {
    result.tls = true;
  } else if (url.scheme_id() == urls::scheme::http) {
    result.tls = false;
  } else {
    return invalid("must start with https:// or http://");
  }
  if (url.has_userinfo()) return invalid("must not hold a user name or password");
  if (url.has_query() || url.has_fragment()) return invalid("must not have a query or a fragment");
  result.host = host_of(url);
  if (result.host.empty()) return invalid("has no host");
  if (!is_host(result.host)) return invalid("has an impossible host");
  if (has_stray_path(url)) return invalid("is not a URL; expected https://host[:port][/path]");
  result.port = result.tls ? 443 : 80;
  if (url.has_port() && !url.port().empty()) {
    const std::optional<std::uint16_t> port = port_of(url);
    if (!port) return invalid("has an impossible port");
    result.port = *port;
  }
  result.path_prefix = path_prefix_of(url);
  return result;
}

Result<Proxy> parse_proxy_url(std::string_view text) {
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return invalid("is not a URL; expected http://host:port or socks5://host:port");
  const urls::url_view url = *parsed;

  Proxy proxy;
  if (url.scheme() == "http") {
    proxy.protocol = ProxyProtocol::kHttpConnect;
  } else if (url.scheme() == "socks5" || url.scheme() == "socks5h") {
    proxy.protocol = ProxyProtocol::kSocks5;
  } else {
    return invalid("must start with http:// or socks5://");
  }
  proxy.host = host_of(url);
  if (proxy.host.empty()) return invalid("has no host");
  if (!is_host(proxy.host)) return invalid("has an impossible host");
  if (has_stray_path(url)) return invalid("is not a URL; expected http://host:port or socks5://host:port");
  const std::optional<std::uint16_t> port = port_of(url);
  if (!port) return invalid("needs a port from 1 to 65535");
  proxy.port = *port;
  proxy.username = url.user();
  proxy.password = Secret(url.password());
  return proxy;
}

std::string authority(const ProviderUrl& url) {
  const bool ipv6 = url.host.find(':') != std::string::npos;
  std::string result = ipv6 ? "[" + url.host + "]" : url.host;
  if (url.port != (url.tls ? 443 : 80)) result += ":" + std::to_string(url.port);
  return result;
}

}  // namespace balancer
