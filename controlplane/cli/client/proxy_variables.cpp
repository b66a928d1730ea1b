#include "controlplane/cli/client/proxy_variables.hpp"

#include "common/text/ascii.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr std::string_view kSeparators = ", \t\r\n";

// With the port even where it is the scheme's own.
std::string host_and_port(const BaseUrl& url) {
  return (url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]") + ":" + std::to_string(url.port);
}

bool excepts(std::string_view entry, const BaseUrl& url) {
  if (entry == "*") return true;
  const std::string lower = ascii_lower(entry);
  if (lower.find(':') != std::string::npos) return lower == host_and_port(url);
  if (lower.starts_with('.')) return url.host.ends_with(lower) || url.host == lower.substr(1);
  return lower == url.host;
}

std::string value_of(const Environment& environment, std::string_view name) {
  return environment(name).value_or(std::string());
}

}  // namespace

bool excepts_from_proxy(std::string_view no_proxy, const BaseUrl& url) {
  while (!no_proxy.empty()) {
    const std::size_t end = no_proxy.find_first_of(kSeparators);
    const std::string_view entry = no_proxy.substr(0, end);
    if (!entry.empty() && excepts(entry, url)) return true;
    no_proxy.remove_prefix(end == std::string_view::npos ? no_proxy.size() : end + 1);
  }
  return false;
}

std::string exception_for(const BaseUrl& url) {
  return url.host.find(':') == std::string::npos ? url.host : host_and_port(url);
}

std::optional<std::string> capturing_proxy_variable(const Environment& environment, const BaseUrl& url) {
  // The lower-case name counts where both are set.
  std::string no_proxy = value_of(environment, "no_proxy");
  if (no_proxy.empty()) no_proxy = value_of(environment, "NO_PROXY");
  if (excepts_from_proxy(no_proxy, url)) return std::nullopt;
  for (const char* const name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"}) {
    if (!value_of(environment, name).empty()) return name;
  }
  return std::nullopt;
}

}  // namespace balancer::controlplane::cli
