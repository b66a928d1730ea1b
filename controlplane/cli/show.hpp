// How verbs print what they were told: once, or again and again.
#pragma once

#include <functional>

#include "common/error/error.hpp"
#include "controlplane/cli/admin_client.hpp"
#include "controlplane/cli/command_line.hpp"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

// Asks the control plane and says what it said.
using Question = std::function<Result<Rendering>(AdminClient&)>;

// Prints the answer in the form that the command asks for; with --watch, again every interval: in place on a terminal,
// one below the other elsewhere. While it is watched, a control plane that does not answer is waited for. The exit status.
[[nodiscard]] int show(const Command& command, const Question& question);

}  // namespace balancer::controlplane::cli
