#include "gateway/dialect/token_count/model_generation.hpp"

#include <algorithm>
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
bool is_letter(char c) { return ((c | 0x20) >= 'a') && ((c | 0x20) <= 'z'); }

// Where `word`, in small letters, stands.
std::size_t find_word(std::string_view model, std::string_view word) {
  const auto same = [](char c, char small) { return c == small || (is_letter(c) && (c | 0x20) == small); };
  const auto found = std::search(model.begin(), model.end(), word.begin(), word.end(), same);
  return found == model.end() ? std::string_view::npos : static_cast<std::size_t>(found - model.begin());
}

// A digit that is no part of a longer number, nor of a word like "1m".
std::optional<int> lone_digit(std::string_view model, std::size_t at) {
  if (at >= model.size() || !is_digit(model[at])) return std::nullopt;
  if (at + 1 < model.size() && (is_digit(model[at + 1]) || is_letter(model[at + 1]))) return std::nullopt;
  return model[at] - '0';
}

}  // namespace

std::optional<int> claude_version(std::string_view model) {
  std::size_t at = find_word(model, "claude");
  if (at == std::string_view::npos) return std::nullopt;
  // The first number of one digit, and the one directly behind it; longer ones are dates.
  for (; at < model.size(); ++at) {
    if (!is_digit(model[at])) continue;
    if (const std::optional<int> major = lone_digit(model, at)) {
      const bool joined = at + 1 < model.size() && (model[at + 1] == '-' || model[at + 1] == '.');
      return *major * 10 + (joined ? lone_digit(model, at + 2).value_or(0) : 0);
    }
    while (at + 1 < model.size() && is_digit(model[at + 1])) ++at;
  }
  return kNewest;
}

TokenRules token_rules(std::string_view model) {
  const std::optional<int> version = claude_version(model);
  if (!version) return {};
  TokenRules rules{.claude = true,
                   .text_factor = 1.2,
                   .tools_auto = 350,
                   .tools_forced = 470,
                   .bash_tool = 244,
                   .text_editor_tool = 700,
                   .computer_tools = 4500,
                   .browser_tools = 6600};
  if (*version >= kNewTokenizer) {
    rules.text_factor = 1.55;
    rules.bash_tool = 325;
    rules.image_edge = 2576;
    rules.image_tokens = 4784;
  }
  for (const ToolPrompt& prompt : kToolPrompts) {
    if (prompt.version != *version || find_word(model, prompt.family) == std::string_view::npos) continue;
    rules.tools_auto = prompt.automatic;
    rules.tools_forced = prompt.forced;
    break;
  }
  return rules;
}

}  // namespace balancer::gateway
