// Which tokenizer and which image rules a model has, by its name (protocol.md section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace balancer::gateway {

// 46 for "claude-opus-4-6" and "claude-4.6-opus", 40 for "claude-sonnet-4-20250514"; nothing for names that are not
// Claude's, however they are capitalised. A Claude name without a version counts as the newest.
[[nodiscard]] std::optional<int> claude_version(std::string_view model);

struct TokenRules {
  bool claude = false;
  // Tokens for one of o200k.
  double text_factor = 1.0;
  // Of the system prompt that comes with tools: when the model may use them, when it must.
  std::int64_t tools_auto = 0;
  std::int64_t tools_forced = 0;
  // Of Anthropic's own tools, whose descriptions the request does not hold. Elsewhere functions stand for the first
  // two.
  std::int64_t bash_tool = 60;
  std::int64_t text_editor_tool = 250;
  std::int64_t computer_tools = 0;
  std::int64_t browser_tools = 0;
  // Long edge and most tokens of an image.
  int image_edge = 1568;
  int image_tokens = 1568;
};

[[nodiscard]] TokenRules token_rules(std::string_view model);

}  // namespace balancer::gateway
