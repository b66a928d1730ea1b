#include "controlplane/cli/client/completion_script.hpp"

#include "controlplane/cli/client/shell_completions.hpp"

namespace balancer::controlplane::cli {

Result<std::string> completion_script(Shell shell, const CLI::App& app) {
  switch (shell) {
    case Shell::kBash: return bash_completion(app.get_name(), completion_places(app));
    case Shell::kZsh: return zsh_completion(app.get_name(), completion_places(app));
    case Shell::kFish: return fish_completion(app.get_name(), completion_places(app));
    case Shell::kPosix:
    case Shell::kPowerShell: break;
  }
  return Error{ErrorCode::kInvalidRequest,
               "there is completion for bash, zsh and fish, not for " + std::string(name_of(shell)), {}};
}

}  // namespace balancer::controlplane::cli
