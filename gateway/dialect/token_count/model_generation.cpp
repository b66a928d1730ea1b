#include "gateway/dialect/token_count/model_generation.hpp"

#include <array>

namespace balancer::gateway {
namespace {

constexpr int kNewest = 55;
constexpr int kNewTokenizer = 47;

struct ToolPrompt {
  std::string_view family;
  int version;
  std::int64_t automatic;
  std::int64_t forced;
};

// An empty family stands for all of them.
constexpr auto kToolPrompts = std::to_array<ToolPrompt>({
    {"opus", 50, 286, 406}, {"sonnet", 50, 354, 474}, {"opus", 48, 290, 410}, {"opus", 47, 675, 804},
    {"", 46, 497, 589},     {"", 45, 496, 588},       {"", 41, 313, 315},     {"", 40, 313, 315},
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<int> claude_version(std::string_view model) {
  const std::size_t claude = model.find("claude");
  if (claude == std::string_view::npos) return std::nullopt;
  // The first number of one or two digits, and the one behind it; longer ones are dates.
  std::optional<int> major;
  for (std::size_t i = claude; i < model.size();) {
    if (!is_digit(model[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < model.size() && is_digit(model[end])) ++end;
    const bool version = end - i == 1;
    const int number = model[i] - '0';
    if (version && major) return *major * 10 + number;
    if (version) {
      major = number;
      // Only a number directly behind it is the minor one.
      const bool minor_follows = end + 1 < model.size() && (model[end] == '-' || model[end] == '.') &&
                                 is_digit(model[end + 1]) && (end + 2 == model.size() || !is_digit(model[end + 2]));
      if (!minor_follows) return *major * 10;
    }
    i = end;
  }
  return kNewest;
}

TokenRules token_rules(std::string_view model) {
  const std::optional<int> version = claude_version(model);
  if (!version) return {};
  TokenRules rules{.claude = true, .text_factor = 1.2, .tools_auto = 350, .tools_forced = 470, .bash_tool = 244};
  if (*version >= kNewTokenizer) {
    rules.text_factor = 1.55;
    rules.bash_tool = 325;
    rules.image_edge = 2576;
    rules.image_tokens = 4784;
  }
  for (const ToolPrompt& prompt : kToolPrompts) {
    if (prompt.version != *version || model.find(prompt.family) == std::string_view::npos) continue;
    rules.tools_auto = prompt.automatic;
    rules.tools_forced = prompt.forced;
    break;
  }
  return rules;
}

}  // namespace balancer::gateway
