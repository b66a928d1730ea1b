// Keeps web pages from using a gateway on the user's machine (protocol.md 1.8): foreign origins, and names that an
// attacker's DNS points at loopback.
#pragma once

#include <optional>

#include "common/error/error.hpp"
#include "common/http/request_head.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::gateway {

// `on_loopback`: the listener is bound to a loopback address. An entry "*" in allowed_hosts switches both checks off.
[[nodiscard]] std::optional<Error> check_browser_access(const http::RequestHead& request,
                                                        const ClientAuthentication& settings, bool on_loopback);

}  // namespace balancer::gateway
