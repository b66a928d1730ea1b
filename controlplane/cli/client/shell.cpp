#include "controlplane/cli/client/shell.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text/ascii.hpp"

namespace balancer::controlplane::cli {
namespace {

constexpr auto kNames = std::to_array<std::pair<std::string_view, Shell>>({
    {"sh", Shell::kPosix},
    {"dash", Shell::kPosix},
    {"ash", Shell::kPosix},
    {"ksh", Shell::kPosix},
    {"bash", Shell::kBash},
    {"zsh", Shell::kZsh},
    {"fish", Shell::kFish},
    {"powershell", Shell::kPowerShell},
    {"pwsh", Shell::kPowerShell},
});

// In PowerShell the typographic quotes U+2018 to U+201B are as good as the straight one.
std::size_t powershell_quote_length(std::string_view text) {
  if (text.front() == '\'') return 1;
  const bool typographic = text.size() >= 3 && text.starts_with("\xE2\x80") && text[2] >= '\x98' && text[2] <= '\x9B';
  return typographic ? 3 : 0;
}

std::string doubled_quotes(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t quote = powershell_quote_length(text);
    const std::string_view taken = text.substr(0, std::max<std::size_t>(quote, 1));
    result += taken;
    if (quote > 0) result += taken;
    text.remove_prefix(taken.size());
  }
  return result;
}

std::string replaced(std::string_view text, std::string_view characters, auto replacement) {
  std::string result;
  for (const char c : text) {
    if (characters.find(c) == std::string_view::npos) {
      result += c;
    } else {
      result += replacement(c);
    }
  }
  return result;
}

}  // namespace

std::optional<Shell> shell_named(std::string_view name) {
  name.remove_prefix(name.find_last_of("/\\") + 1);
  const std::string lower = ascii_lower(name);
  const auto* const known =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& each) { return each.first == lower; });
  return known == kNames.end() ? std::nullopt : std::optional(known->second);
}

std::string_view name_of(Shell shell) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const auto& each) { return each.second == shell; })->first;
}

Shell shell_of_environment(std::string_view shell_variable) {
  return shell_named(shell_variable).value_or(Shell::kPosix);
}

std::string quoted(Shell shell, std::string_view text) {
  switch (shell) {
    case Shell::kPosix:
    case Shell::kBash:
    case Shell::kZsh: return "'" + replaced(text, "'", [](char) { return std::string("'\\''"); }) + "'";
    case Shell::kFish: return "'" + replaced(text, "'\\", [](char c) { return std::string("\\") + c; }) + "'";
    case Shell::kPowerShell: return "'" + doubled_quotes(text) + "'";
  }
  return {};
}

}  // namespace balancer::controlplane::cli
