// Where spans go.
#pragma once

#include <string>
#include <string_view>

#include "common/config/secret.hpp"
#include "common/error/error.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer::tracing {

struct CollectorUrl {
  // Its path prefix is unused.
  ProviderUrl origin;
  std::string path;
  // With its '?'; may hold a key. Empty without one.
  Secret query;
  // The value of an Authorization header, when the URL had a user name.
  Secret authorization;

  friend bool operator==(const CollectorUrl&, const CollectorUrl&) = default;
};

// "http(s)://[user:password@]host[:port][/path][?query]". The message names what is wrong and repeats nothing.
[[nodiscard]] Result<CollectorUrl> parse_collector_url(std::string_view url);

// Scheme, host and port: what logs may say.
[[nodiscard]] std::string to_string(const CollectorUrl& url);

}  // namespace balancer::tracing
