// Warnings of what a command lays open to others.
#pragma once

#include <string>
#include <vector>

#include "controlplane/cli/command_line.hpp"

namespace balancer::controlplane::cli {

// A sentence for each. None repeats a key.
[[nodiscard]] std::vector<std::string> exposure_warnings(const Command& command);

}  // namespace balancer::controlplane::cli
