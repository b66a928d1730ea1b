#include "controlplane/cli/client/environment_exports.hpp"

namespace balancer::controlplane::cli {
namespace {

std::string setting(Shell shell, const std::string& name, std::string_view value) {
  switch (shell) {
    case Shell::kPosix:
    case Shell::kBash:
    case Shell::kZsh: return "export " + name + "=" + quoted(shell, value) + ";\n";
    case Shell::kFish: return "set -gx " + name + " " + quoted(shell, value) + ";\n";
    case Shell::kPowerShell: return "$env:" + name + " = " + quoted(shell, value) + ";\n";
  }
  return {};
}

std::string unsetting(Shell shell, const std::string& name) {
  switch (shell) {
    case Shell::kPosix:
    case Shell::kBash:
    case Shell::kZsh: return "unset " + name + ";\n";
    case Shell::kFish: return "set -e " + name + ";\n";
    case Shell::kPowerShell: return "Remove-Item -ErrorAction SilentlyContinue Env:" + name + ";\n";
  }
  return {};
}

std::string usage(Shell shell) {
  switch (shell) {
    case Shell::kPosix:
    case Shell::kBash:
    case Shell::kZsh: return "# Run this to set them: eval \"$(balancerctl env)\"\n";
    case Shell::kFish: return "# Run this to set them: balancerctl env --shell fish | source\n";
    case Shell::kPowerShell:
      return "# Run this to set them: balancerctl env --shell powershell | Out-String | Invoke-Expression\n";
  }
  return {};
}

}  // namespace

// The comments come last and each statement ends in ";": even `eval $(balancerctl env)`, which joins the lines, works.
std::string environment_exports(Shell shell, const ClientEnvironment& client) {
  std::string text;
  for (const VariableChange& change : variable_changes(client)) {
    text += change.value ? setting(shell, change.name, *change.value) : unsetting(shell, change.name);
  }
  text += usage(shell);
  if (lacks_credential(client)) {
    text += "# Claude Code needs a key as well: one of the gateway's, or any value where the gateway has none:\n# " +
            setting(shell, "ANTHROPIC_AUTH_TOKEN", kOpenGatewayKey);
  }
  return text;
}

}  // namespace balancer::controlplane::cli
