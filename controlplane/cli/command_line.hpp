// What a user asked balancerctl for.
#pragma once

#include <string>
#include <variant>

#include "common/net/listen_address.hpp"
#include "common/process/exit_status.hpp"

namespace balancer::controlplane::cli {

enum class OutputFormat { kTable, kJson };

enum class Verb { kGetProviders, kReload, kValidateConfig, kVersion };

struct Command {
  Verb verb = Verb::kVersion;
  OutputFormat format = OutputFormat::kTable;
  ListenAddress server;
  // For kValidateConfig.
  std::string config_file;
};

// --server overrides the environment (BALANCER_CONTROL_PLANE), which overrides the default.
[[nodiscard]] std::variant<Command, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::controlplane::cli
