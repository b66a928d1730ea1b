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
  // With authorities: TLS to the control plane, if that is no Unix socket.
  tls::Files control_plane_tls{};
  GatewaySettings settings;
  // Only who may reaches the operators' port.
  bool trusted_network = false;
  log::Settings log;
};

// Whether the control plane is spoken to with TLS.
[[nodiscard]] bool uses_tls(const GatewayCommandLine& command_line);

// A flag overrides the environment (BALANCER_CONTROL_PLANE, BALANCER_LISTEN, ...), which overrides the default.
[[nodiscard]] std::variant<GatewayCommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::gateway
