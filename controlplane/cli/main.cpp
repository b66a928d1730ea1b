// balancerctl: parse, do, say how it went.
#include <fmt/format.h>

#include <exception>

#include "controlplane/cli/command_line.hpp"
#include "controlplane/cli/verbs.hpp"

namespace {

using namespace balancer;
using namespace balancer::controlplane::cli;

int run(const Command& command) {
  switch (command.verb) {
    case Verb::kGetProviders: return get_providers(command);
    case Verb::kDescribeProvider: return describe_provider(command);
    case Verb::kCoolProvider: return cool_provider(command);
    case Verb::kRestoreProvider: return restore_provider(command);
    case Verb::kExplain: return explain(command);
    case Verb::kCacheStats: return show_cache_stats(command);
    case Verb::kFlushCache: return flush_cache(command);
    case Verb::kReload: return reload(command);
    case Verb::kValidateConfig: return validate_config(command);
    case Verb::kVersion: return show_version(command);
  }
  return kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) return exit->status;
  try {
    return run(std::get<Command>(parsed));
  } catch (const std::exception& e) {
    fmt::print(stderr, "balancerctl: {}\n", e.what());
    return kExitFailed;
  }
}
