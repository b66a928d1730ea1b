// `balancerctl env`: what a shell evaluates to point Claude Code at the gateway.
#pragma once

#include <string>

#include "controlplane/cli/client/client_environment.hpp"
#include "controlplane/cli/client/shell.hpp"

namespace balancer::controlplane::cli {

// One statement a line, then comments that say how to use it; every value is taken literally by the shell. Without a
// key, a comment says how to set one.
[[nodiscard]] std::string environment_exports(Shell shell, const ClientEnvironment& client);

}  // namespace balancer::controlplane::cli
