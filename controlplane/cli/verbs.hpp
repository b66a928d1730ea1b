// What balancerctl does: data goes to stdout, talk to stderr. Each returns the exit status.
#pragma once

#include "controlplane/cli/command_line.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] int get_providers(const Command& command);
[[nodiscard]] int get_routes(const Command& command);
[[nodiscard]] int get_gateways(const Command& command);
[[nodiscard]] int get_requests(const Command& command);
// Credentials are hidden.
[[nodiscard]] int get_config(const Command& command);
// A name that is not configured fails, with the one that was perhaps meant.
[[nodiscard]] int describe_provider(const Command& command);
[[nodiscard]] int describe_gateway(const Command& command);
[[nodiscard]] int describe_request(const Command& command);
// Succeeds when nobody would serve the request, too: that is then the explanation.
[[nodiscard]] int explain(const Command& command);
[[nodiscard]] int top(const Command& command);

[[nodiscard]] int cool_provider(const Command& command);
[[nodiscard]] int restore_provider(const Command& command);
// With --wait, fails when requests are still open at the end of its time.
[[nodiscard]] int drain_gateway(const Command& command);
[[nodiscard]] int show_cache_stats(const Command& command);
[[nodiscard]] int flush_cache(const Command& command);

[[nodiscard]] int reload(const Command& command);
// Needs no control plane. Warnings do not fail.
[[nodiscard]] int validate_config(const Command& command);
// kExitDifferent when a setting differs.
[[nodiscard]] int diff_config(const Command& command);
// Needs no control plane.
[[nodiscard]] int print_config_schema(const Command& command);

// Shows this program's version alone when no control plane answers.
[[nodiscard]] int show_version(const Command& command);

}  // namespace balancer::controlplane::cli
