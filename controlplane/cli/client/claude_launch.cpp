#include "controlplane/cli/client/claude_launch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "common/process/exit_status.hpp"
#include "controlplane/cli/printable_text.hpp"

namespace balancer::controlplane::cli {
namespace {

// As shells do when a program is there, but cannot be run.
constexpr int kExitNotExecutable = 126;

bool change_variable(const VariableChange& change) {
  if (!change.value) return ::unsetenv(change.name.c_str()) == 0;
  return ::setenv(change.name.c_str(), change.value->c_str(), 1) == 0;
}

int explain_failed_start(int error) {
  if (error == ENOENT) {
    fmt::print(stderr,
               "balancerctl: claude is not installed, or not on the PATH.\n"
               "Install it with: npm install -g @anthropic-ai/claude-code\n"
               "(or see https://code.claude.com/docs), then try again.\n");
    return kExitNoSuchProgram;
  }
  fmt::print(stderr, "balancerctl: claude cannot be started: {}\n", printable(std::generic_category().message(error)));
  return kExitNotExecutable;
}

}  // namespace

int run_claude(const ClientEnvironment& client, std::vector<std::string> arguments) {
  ClientEnvironment complete = client;
  if (lacks_credential(client)) complete.key = Secret(kOpenGatewayKey);
  for (const VariableChange& change : variable_changes(complete)) {
    if (change_variable(change)) continue;
    fmt::print(stderr, "balancerctl: {} cannot be set: {}\n", change.name,
               std::generic_category().message(errno));
    return kExitFailed;
  }

  arguments.insert(arguments.begin(), "claude");
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  ::execvp("claude", words.data());
  return explain_failed_start(errno);
}

}  // namespace balancer::controlplane::cli
