// What a user asked balancerctl for.
#pragma once

#include <string>
#include <variant>

#include "common/net/listen_address.hpp"

namespace balancer::controlplane::cli {

inline constexpr int kExitDone = 0;
// Nothing answered, or what was asked could not be done.
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInvalidConfiguration = 4;

enum class OutputFormat { kTable, kJson };

enum class Verb { kGetProviders, kReload, kValidateConfig, kVersion };

struct Command {
  Verb verb = Verb::kVersion;
  OutputFormat format = OutputFormat::kTable;
  ListenAddress server;
  // For kValidateConfig.
  std::string config_file;
};

// The process should end with this status; what there was to say has been printed.
struct EarlyExit {
  int status = 0;
};

// --server overrides the environment (BALANCER_CONTROL_PLANE), which overrides the default.
[[nodiscard]] std::variant<Command, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::controlplane::cli
