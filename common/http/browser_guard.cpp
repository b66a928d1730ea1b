#include "common/http/browser_guard.hpp"

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>

#include "common/text/ascii.hpp"

namespace balancer::http {
namespace {

std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

bool is_allowed(std::string_view host, std::span<const std::string> allowed_hosts) {
  return std::any_of(allowed_hosts.begin(), allowed_hosts.end(),
                     [&](const std::string& allowed) { return allowed == "*" || ascii_iequal(allowed, host); });
}

bool is_loopback_address(std::string_view host) {
  // Parsed, not matched by its beginning: 127.0.0.1.example.com is a name of somebody else's.
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(host, error);
  return !error && address.is_loopback();
}

bool is_loopback_name(std::string_view host) {
  return ascii_iequal(host, "localhost") || host == "[::1]" || is_loopback_address(host) ||
         (host.size() > 10 && ascii_iequal(host.substr(host.size() - 10), ".localhost"));
}

Error forbidden(std::string message) { return {ErrorCode::kPermission, std::move(message), {}}; }

}  // namespace

std::optional<Error> check_browser_access(const RequestHead& request, std::span<const std::string> allowed_hosts,
                                          bool on_loopback) {
  const std::string_view host = request.header("host");
  if (on_loopback && !host.empty() && !is_loopback_name(without_port(host)) &&
      !is_allowed(without_port(host), allowed_hosts)) {
    return forbidden("gateway: this Host is not served; add it to auth.allowed_hosts if it should be");
  }
  if (has_header(request.fields, "origin")) {
    std::string_view origin = request.header("origin");
    const std::size_t scheme_end = origin.find("://");
    if (scheme_end != std::string_view::npos) origin.remove_prefix(scheme_end + 3);
    if (!ascii_iequal(origin, host) && !is_allowed(without_port(origin), allowed_hosts)) {
      return forbidden("gateway: requests from web pages of another origin are not served");
    }
  }
  return std::nullopt;
}

}  // namespace balancer::http
