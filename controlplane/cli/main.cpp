// balancerctl: parse, do, say how it went.
#include <fmt/format.h>

#include <exception>
#include <utility>

#include "common/grpc_log/grpc_log.hpp"
#include "common/process/core_dumps.hpp"
#include "controlplane/cli/client/claude_arguments.hpp"
#include "controlplane/cli/client_verbs.hpp"
#include "controlplane/cli/command_line.hpp"
#include "controlplane/cli/exposure_warnings.hpp"
#include "controlplane/cli/verbs.hpp"

namespace {

using namespace balancer;
using namespace balancer::controlplane::cli;

int run(const Command& command) {
  switch (command.verb) {
    case Verb::kGetProviders: return get_providers(command);
    case Verb::kGetRoutes: return get_routes(command);
    case Verb::kGetGateways: return get_gateways(command);
    case Verb::kGetRequests: return get_requests(command);
    case Verb::kGetConfig: return get_config(command);
    case Verb::kDescribeProvider: return describe_provider(command);
    case Verb::kDescribeGateway: return describe_gateway(command);
    case Verb::kDescribeRequest: return describe_request(command);
    case Verb::kExplain: return explain(command);
    case Verb::kTop: return top(command);
    case Verb::kCoolProvider: return cool_provider(command);
    case Verb::kRestoreProvider: return restore_provider(command);
    case Verb::kDrainGateway: return drain_gateway(command);
    case Verb::kCacheStats: return show_cache_stats(command);
    case Verb::kFlushCache: return flush_cache(command);
    case Verb::kReload: return reload(command);
    case Verb::kValidateConfig: return validate_config(command);
    case Verb::kDiffConfig: return diff_config(command);
    case Verb::kConfigSchema: return print_config_schema(command);
    case Verb::kDoctor: return examine_setup(command);
    case Verb::kEnvironment: return print_environment(command);
    case Verb::kCode: return run_claude_code(command);
    case Verb::kCompletion: return print_completion(command);
    case Verb::kVersion: return show_version(command);
  }
  return kExitUsage;
}

// Claude Code's own arguments are none of ours.
std::variant<Command, EarlyExit> understand(int argc, const char* const* argv) {
  SplitCommandLine line = split_command_line(argc, argv);
  auto parsed = parse_command_line(static_cast<int>(line.own.size()), line.own.data());
  if (auto* command = std::get_if<Command>(&parsed)) {
    if (!line.claude.empty() && command->verb != Verb::kCode) return EarlyExit{kExitUsage};
    for (std::string& argument : line.claude) command->arguments.push_back(std::move(argument));
  }
  return parsed;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = understand(argc, argv);
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) return exit->status;
  const Command& command = std::get<Command>(parsed);
  // Claude Code, which takes this program's place, would inherit it.
  if (command.verb != Verb::kCode) forbid_core_dumps();
  log::drop_grpc_lines();
  try {
    for (const std::string& warning : exposure_warnings(command)) {
      fmt::print(stderr, "balancerctl: warning: {}\n", warning);
    }
    return run(command);
  } catch (const std::exception& e) {
    fmt::print(stderr, "balancerctl: {}\n", e.what());
    return kExitFailed;
  }
}
