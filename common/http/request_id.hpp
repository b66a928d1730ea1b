// Names for requests: "req_" and 24 letters and digits (protocol.md 1.6).
#pragma once

#include <string>

namespace balancer::http {

// Unique for all practical purposes; not a secret.
[[nodiscard]] std::string make_request_id();

}  // namespace balancer::http
