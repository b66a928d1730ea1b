// The shells that balancerctl writes for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace balancer::controlplane::cli {

// kPosix stands for sh, dash, ksh and their like.
enum class Shell { kPosix, kBash, kZsh, kFish, kPowerShell };

// "sh", "bash", "zsh", "fish", "powershell" (or "pwsh"), with or without a path; nothing for any other.
[[nodiscard]] std::optional<Shell> shell_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Shell shell);

// What the variable SHELL says; kPosix where it says nothing known.
[[nodiscard]] Shell shell_of_environment(std::string_view shell_variable);

// `text` as one word that the shell takes literally, whatever is in it.
[[nodiscard]] std::string quoted(Shell shell, std::string_view text);

}  // namespace balancer::controlplane::cli
