// The name under which a client's session is known to routing: opaque, and different for different callers.
#pragma once

#include <string>
#include <string_view>

namespace balancer::routing {

// What the session is known by.
enum class SessionEvidence : char {
  // An id that the client gives it.
  kId = 'i',
  // How its conversation begins.
  kBeginning = 'b',
};

// 16 bytes. `caller` is the configured name of the client's key.
[[nodiscard]] std::string session_key(std::string_view caller, SessionEvidence evidence, std::string_view text);

}  // namespace balancer::routing
