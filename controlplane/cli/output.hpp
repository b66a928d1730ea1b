// Where balancerctl's words go: data to stdout, talk to stderr.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "common/error/error.hpp"

namespace balancer::controlplane::cli {

void print_json(const nlohmann::ordered_json& json);

// Says what went wrong. Returns the exit status: kExitUsage for what the control plane calls an invalid request.
[[nodiscard]] int fail(const Error& error);

}  // namespace balancer::controlplane::cli
