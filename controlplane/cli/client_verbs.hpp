// What balancerctl does on the client's side of the gateway. Each returns the exit status.
#pragma once

#include "controlplane/cli/command_line.hpp"

namespace balancer::controlplane::cli {

// Fails when a check does.
[[nodiscard]] int examine_setup(const Command& command);
[[nodiscard]] int print_environment(const Command& command);
// Does not return when Claude Code could be started.
[[nodiscard]] int run_claude_code(const Command& command);
[[nodiscard]] int print_completion(const Command& command);

}  // namespace balancer::controlplane::cli
