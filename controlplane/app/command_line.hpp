// The flags and environment variables of balancer-controlplane.
#pragma once

#include <variant>

#include "common/process/exit_status.hpp"
#include "controlplane/app/control_plane_server.hpp"

namespace balancer::controlplane {

// A flag overrides the environment (BALANCER_CONFIG, BALANCER_GRPC_LISTEN, BALANCER_HTTP_LISTEN), which overrides the
// default.
[[nodiscard]] std::variant<ControlPlaneServerSettings, EarlyExit> parse_command_line(int argc,
                                                                                    const char* const* argv);

}  // namespace balancer::controlplane
