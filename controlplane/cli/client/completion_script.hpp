// `balancerctl completion`: scripts that complete its command line, made from its own command tree.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "common/error/error.hpp"
#include "controlplane/cli/client/shell.hpp"

namespace balancer::controlplane::cli {

// For bash, zsh and fish. `app` is the whole tree, named as the program is. Names of providers and the like are asked of
// the program itself, while the user waits; they are never evaluated by the shell.
[[nodiscard]] Result<std::string> completion_script(Shell shell, const CLI::App& app);

}  // namespace balancer::controlplane::cli
