#include "gateway/dialect/openai_request/server_tool_text.hpp"

#include <algorithm>
#include <array>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

// What a person would want to read, wherever it stands in a result.
constexpr auto kReadable = std::to_array<std::string_view>(
    {"title", "url", "text", "data", "stdout", "stderr", "content", "error_code", "tool_name", "return_code"});

bool is_readable(std::string_view raw_key) {
  return std::any_of(kReadable.begin(), kReadable.end(), [&](std::string_view key) { return says(raw_key, key); });
}

// Depth is bounded by JsonDocument::kMaxDepth.
void append_readable(std::string& out, JsonValue value) {
  for (const JsonValue element : value.elements()) append_readable(out, element);
  for (const auto& [raw_key, member] : value.fields()) {
    if (member.is_object() || member.is_array()) {
      append_readable(out, member);
    } else if (is_readable(raw_key) && member.is_string() && !member.empty()) {
      out += member.text();
      out += R"(\n)";
    }
  }
}

}  // namespace

std::string server_tool_text(ContentBlock kind, JsonValue block, const ConversionSettings& settings) {
  if (settings.server_tool_history == ServerToolHistory::kDrop) return {};
  return kind == ContentBlock::kServerToolUse ? server_tool_call_text(block) : server_tool_result_text(block);
}

std::string server_tool_call_text(JsonValue block) {
  std::string text = "[";
  text += block["name"].text();
  if (const JsonValue input = block["input"]; input.is_object()) {
    text += ' ';
    append_escaped(text, input.raw());
  }
  text += R"(]\n)";
  return text;
}

std::string server_tool_result_text(JsonValue block) {
  const JsonValue content = block["content"];
  if (content.is_string()) return std::string(content.text()) + R"(\n)";
  std::string text;
  append_readable(text, content);
  return text;
}

}  // namespace balancer::gateway
