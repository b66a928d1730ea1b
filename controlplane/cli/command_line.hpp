// What a user asked balancerctl for.
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "common/net/listen_address.hpp"
#include "common/process/exit_status.hpp"

namespace balancer::controlplane::cli {

enum class OutputFormat { kTable, kJson };

enum class Verb {
  kGetProviders,
  kDescribeProvider,
  kCoolProvider,
  kRestoreProvider,
  kExplain,
  kCacheStats,
  kFlushCache,
  kReload,
  kValidateConfig,
  kVersion,
};

struct Command {
  Verb verb = Verb::kVersion;
  OutputFormat format = OutputFormat::kTable;
  ListenAddress server;
  // The one to describe, cool or restore; for kExplain the one that a client insists on, empty for none.
  std::string provider;
  // For kCoolProvider.
  std::chrono::milliseconds duration{300'000};
  // For kExplain. The session's id and the name of the client's key may be empty.
  std::string model;
  std::string session;
  std::string caller;
  // For kValidateConfig.
  std::string config_file;
};

// --server overrides the environment (BALANCER_CONTROL_PLANE), which overrides the default.
[[nodiscard]] std::variant<Command, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::controlplane::cli
