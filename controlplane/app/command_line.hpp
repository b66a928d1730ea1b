// The flags and environment variables of balancer-controlplane.
#pragma once

#include <variant>

#include "controlplane/app/control_plane_server.hpp"

namespace balancer::controlplane {

inline constexpr int kExitUsage = 2;
inline constexpr int kExitInvalidConfiguration = 4;

// The process should end with this status; what there was to say has been printed.
struct EarlyExit {
  int status = 0;
};

// A flag overrides the environment (BALANCER_CONFIG, BALANCER_GRPC_LISTEN, BALANCER_HTTP_LISTEN), which overrides the
// default.
[[nodiscard]] std::variant<ControlPlaneServerSettings, EarlyExit> parse_command_line(int argc,
                                                                                    const char* const* argv);

}  // namespace balancer::controlplane
