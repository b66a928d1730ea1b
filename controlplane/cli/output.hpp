// Where balancerctl's words go: data to stdout, talk to stderr.
#pragma once

#include "common/error/error.hpp"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

void print(const Rendering& rendering, OutputFormat format);

// Says what went wrong. Returns the exit status: kExitUsage for what the control plane calls an invalid request.
[[nodiscard]] int fail(const Error& error);

}  // namespace balancer::controlplane::cli
