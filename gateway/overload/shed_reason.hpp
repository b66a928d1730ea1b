// Why a request was refused although nothing is wrong with it.
#pragma once

#include <string_view>

namespace balancer::gateway {

enum class ShedReason { kConnections, kInFlight, kBodyMemory };

// As metrics say it: by the name of the flag that sets the limit.
[[nodiscard]] constexpr std::string_view to_string(ShedReason reason) {
  switch (reason) {
    case ShedReason::kConnections: return "max_connections";
    case ShedReason::kInFlight: return "max_in_flight";
    case ShedReason::kBodyMemory: return "max_body_memory";
  }
  return "unknown";
}

}  // namespace balancer::gateway
