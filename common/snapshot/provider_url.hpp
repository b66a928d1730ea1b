// Reads the URLs of providers and proxies (RFC 3986, http(s) and socks5 only).
#pragma once

#include <string_view>

#include "common/error/error.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer {

// "https://host[:port][/prefix]". Refuses userinfo, query and fragment. The message names what is wrong and never
// repeats a credential.
[[nodiscard]] Result<ProviderUrl> parse_provider_url(std::string_view url);

// "http://[user:password@]host:port" or "socks5://[user:password@]host:port" ("socks5h" means the same).
[[nodiscard]] Result<Proxy> parse_proxy_url(std::string_view url);

// "host:port" of an origin, the port left out when it is the scheme's own: the value of a Host header.
[[nodiscard]] std::string authority(const ProviderUrl& url);

}  // namespace balancer
