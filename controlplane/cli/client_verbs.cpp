#include "controlplane/cli/client_verbs.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "controlplane/cli/client/base_url.hpp"
#include "controlplane/cli/client/claude_launch.hpp"
#include "controlplane/cli/client/completion_script.hpp"
#include "controlplane/cli/client/doctor.hpp"
#include "controlplane/cli/client/environment_exports.hpp"
#include "controlplane/cli/command_tree.hpp"
#include "controlplane/cli/output.hpp"
#include "controlplane/config/file_content.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr std::size_t kLargestKey = 64 * 1024;

Result<Secret> key_of(const Command& command) {
  if (command.key_file.empty()) return command.key;
  Result<FileContent> content = read_file(command.key_file, kLargestKey);
  if (!content) {
    return Error{ErrorCode::kInvalidRequest, fmt::format("--key-file {} {}", command.key_file, content.error().message), {}};
  }
  if (content->widely_readable) {
    fmt::print(stderr, "balancerctl: warning: others than its owner can read {}; chmod 600 it\n", command.key_file);
  }
  std::string& key = content->bytes;
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  if (key.empty() || key.find_first_of("\r\n") != std::string::npos) {
    return Error{ErrorCode::kInvalidRequest, fmt::format("--key-file {} holds no key of one line", command.key_file), {}};
  }
  return Secret(std::move(key));
}

// Fails for a base URL with which Claude Code would not get anywhere.
Result<ClientEnvironment> client_of(const Command& command) {
  ClientEnvironment client;
  client.base_url = command.url.empty() ? doctor_settings(process_environment()).base_url : command.url;
  if (std::string complaint = base_url_complaint(client.base_url); !complaint.empty()) {
    return Error{ErrorCode::kInvalidRequest, std::move(complaint), {}};
  }
  Result<Secret> key = key_of(command);
  if (!key) return key.error();
  client.key = std::move(*key);
  return client;
}

Shell shell_of(const Command& command) {
  if (const auto named = shell_named(command.shell)) return *named;
  return shell_of_environment(process_environment()("SHELL").value_or(""));
}

}  // namespace

int examine_setup(const Command& command) {
  DoctorSettings settings = doctor_settings(process_environment());
  if (!command.url.empty()) settings.base_url = command.url;
  if (!command.model.empty()) settings.model = command.model;
  settings.offline = command.offline;
  if (command.timeout) settings.timeout = *command.timeout;
  const DoctorReport report = examine(settings);
  print({.text = report_text(report, coloring_of_stdout()), .json = report_json(report)}, command.format);
  return exit_status(report);
}

int print_environment(const Command& command) {
  const Result<ClientEnvironment> client = client_of(command);
  if (!client) return fail(client.error());
  fmt::print("{}", environment_exports(shell_of(command), *client));
  return kExitDone;
}

int run_claude_code(const Command& command) {
  const Result<ClientEnvironment> client = client_of(command);
  if (!client) return fail(client.error());
  return run_claude(*client, command.arguments);
}

int print_completion(const Command& command) {
  CLI::App app("", "balancerctl");
  Command parsed;
  GlobalOptions options;
  add_everything(app, parsed, options);
  const Result<std::string> script = completion_script(shell_of(command), app);
  if (!script) return fail(script.error());
  fmt::print("{}", *script);
  return kExitDone;
}

}  // namespace balancer::controlplane::cli
