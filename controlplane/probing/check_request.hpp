// What a health check sends: a request of the control plane's own, in which nothing comes from a client.
#pragma once

#include <string>
#include <string_view>

#include "common/snapshot/provider.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

struct CheckRequest {
  // Up to and with the empty line. Holds the provider's credential: never to be logged.
  std::string head;
  // Empty for a GET.
  std::string body;
};

// A GET of the check's path, or a request for one token of its model in the provider's dialect. `via` is the name that
// the control plane's gateways bear (common/http/loop_guard.hpp): a check of a gateway is not to make it ask itself.
[[nodiscard]] CheckRequest make_check_request(const HealthCheck& check, const Provider& provider, std::string_view via);

}  // namespace balancer::controlplane
