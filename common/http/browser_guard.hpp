// Keeps web pages from using a server on the user's machine (protocol.md 1.8): foreign origins, and names that an
// attacker's DNS points at loopback.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "common/error/error.hpp"
#include "common/http/request_head.hpp"

namespace balancer::http {

// `on_loopback`: the listener is bound to a loopback address. An entry "*" in allowed_hosts switches both checks off.
[[nodiscard]] std::optional<Error> check_browser_access(const RequestHead& request,
                                                        std::span<const std::string> allowed_hosts, bool on_loopback);

}  // namespace balancer::http
