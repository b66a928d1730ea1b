// The flags and environment variables of balancer-gateway.
#pragma once

#include <string>
#include <variant>

#include "common/log/log.hpp"
#include "common/process/exit_status.hpp"
#include "gateway/app/gateway_settings.hpp"

namespace balancer::gateway {

struct GatewayCommandLine {
  // "HOST:PORT" or "unix:PATH".
  std::string control_plane;
  GatewaySettings settings;
  log::Settings log;
};

// A flag overrides the environment (BALANCER_CONTROL_PLANE, BALANCER_LISTEN, ...), which overrides the default.
[[nodiscard]] std::variant<GatewayCommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::gateway
