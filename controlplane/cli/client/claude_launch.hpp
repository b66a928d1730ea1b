// `balancerctl code`: Claude Code by way of the gateway.
#pragma once

#include <string>
#include <vector>

#include "controlplane/cli/client/client_environment.hpp"

namespace balancer::controlplane::cli {

// As shells do when there is no such program.
inline constexpr int kExitNoSuchProgram = 127;

// Becomes `claude` with these arguments, and with the client's variables in its environment; returns only when that
// cannot be, with the exit status, after it has said why. A client without any credential gets kOpenGatewayKey, so that
// Claude Code does not send its user's login to the gateway.
[[nodiscard]] int run_claude(const ClientEnvironment& client, std::vector<std::string> arguments);

}  // namespace balancer::controlplane::cli
