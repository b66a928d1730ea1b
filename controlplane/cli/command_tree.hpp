// The verbs of balancerctl with their options, descriptions and examples: what --help says, and what completion offers.
#pragma once

#include <CLI/CLI.hpp>

#include "controlplane/cli/command_line.hpp"

namespace balancer::controlplane::cli {

// The options before the verb, as text.
struct GlobalOptions {
  std::string server = "127.0.0.1:9091";
  std::string format = "table";
};

// Parsing with `app` fills in `command` and `options`, which outlive it. Both checks are made: the texts are an address
// and a format.
void add_everything(CLI::App& app, Command& command, GlobalOptions& options);
void add_verbs(CLI::App& app, Command& command);

}  // namespace balancer::controlplane::cli
