// What a user asked balancerctl for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/config/secret.hpp"
#include "common/net/listen_address.hpp"
#include "common/process/exit_status.hpp"
#include "common/tls/tls_files.hpp"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

enum class Verb {
  kGetProviders,
  kGetRoutes,
  kGetGateways,
  kGetRequests,
  kGetConfig,
  kDescribeProvider,
  kDescribeGateway,
  kDescribeRequest,
  kExplain,
  kTop,
  kCoolProvider,
  kRestoreProvider,
  kDrainGateway,
  kCacheStats,
  kFlushCache,
  kReload,
  kValidateConfig,
  kDiffConfig,
  kConfigSchema,
  kDoctor,
  kEnvironment,
  kCode,
  kCompletion,
  kVersion,
};

struct Command {
  Verb verb = Verb::kVersion;
  OutputFormat format = OutputFormat::kTable;
  ListenAddress server;
  // With authorities: TLS to the server, if that is no Unix socket.
  tls::Files tls{};
  // The provider, gateway or request that the verb is about.
  std::string name;

  // Print again every `interval`, `rounds` times; 0 for until it is interrupted.
  bool watch = false;
  std::chrono::milliseconds interval{2'000};
  unsigned rounds = 0;
  // Of kGetRequests.
  unsigned limit = 25;

  // Of kCoolProvider.
  std::chrono::milliseconds duration{300'000};

  // Of kExplain. `provider` is the one that a client insists on; it, the session's id and the name of the client's key may
  // be empty.
  std::string model;
  std::string provider;
  std::string session;
  std::string caller;

  // Of kDrainGateway: back into rotation; until it has nothing left to do, for at most so long.
  bool undo = false;
  bool wait = false;
  std::chrono::milliseconds wait_limit{300'000};

  // Of kValidateConfig and kDiffConfig.
  std::string config_file;

  // Of kDoctor, kEnvironment and kCode: the gateway's base URL, empty for what the environment says, and its key for
  // this client. kDoctor's `model` may be empty.
  std::string url;
  Secret key;
  // The key stands in the command line, where other users see it.
  bool key_in_arguments = false;
  // Holds the key instead; empty for none.
  std::string key_file;
  // Nothing is asked that costs tokens.
  bool offline = false;
  // Of kDoctor, for each answer; nothing for its own.
  std::optional<std::chrono::milliseconds> timeout;
  // Of kEnvironment and kCompletion: its name; empty for the user's own.
  std::string shell;
  // Of kCode: claude's own.
  std::vector<std::string> arguments;
};

// --server overrides the environment (BALANCER_CONTROL_PLANE), which overrides the default.
[[nodiscard]] std::variant<Command, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace balancer::controlplane::cli
