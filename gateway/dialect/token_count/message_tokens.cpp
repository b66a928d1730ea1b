#include "gateway/dialect/token_count/message_tokens.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/token_count/image_tokens.hpp"
#include "gateway/dialect/token_count/text_tokens.hpp"

namespace balancer::gateway {
namespace {

constexpr std::int64_t kPerRequest = 3;
constexpr std::int64_t kPerMessage = 3;
constexpr std::int64_t kPerToolUse = 12;
constexpr std::int64_t kPerToolResult = 10;
constexpr std::int64_t kPerTool = 8;
constexpr std::int64_t kTextEditorTool = 700;
constexpr std::int64_t kComputerTools = 4500;
constexpr std::int64_t kBrowserTools = 6600;
// Up to here the API leaves thinking of earlier turns out.
constexpr int kKeepsThinkingFrom = 46;

class RequestTokens {
 public:
  explicit RequestTokens(std::string_view model)
      : rules_(token_rules(model)), keeps_thinking_(claude_version(model).value_or(0) >= kKeepsThinkingFrom) {}

  std::int64_t count(JsonValue root) {
    overhead_ += kPerRequest;
    count_content(root["system"], /*thinking_counts=*/false);
    count_messages(root["messages"]);
    count_tools(root["tools"], root["tool_choice"]);
    const double text = std::ceil(text_.tokens() * rules_.text_factor);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(text) + overhead_);
  }

 private:
  void count_messages(JsonValue messages) {
    std::size_t last_users_word = 0;
    std::size_t index = 0;
    for (const JsonValue message : messages.elements()) {
      ++index;
      if (message["role"].says("user") && has_text(message["content"])) last_users_word = index;
    }
    index = 0;
    for (const JsonValue message : messages.elements()) {
      overhead_ += kPerMessage;
      count_content(message["content"], keeps_thinking_ || ++index > last_users_word);
    }
  }

  static bool has_text(JsonValue content) {
    if (content.is_string()) return true;
    for (const JsonValue block : content.elements()) {
      if (block["type"].says("text")) return true;
    }
    return false;
  }

  void count_content(JsonValue content, bool thinking_counts) {
    if (content.is_string()) return count_text(content);
    for (const JsonValue block : content.elements()) count_block(block, thinking_counts);
  }

  void count_block(JsonValue block, bool thinking_counts) {
    const JsonValue type = block["type"];
    if (type.says("text")) {
      count_text(block["text"]);
    } else if (type.says("image")) {
      count_image(block["source"]);
    } else if (type.says("document")) {
      count_document(block);
    } else if (type.says("thinking")) {
      if (thinking_counts) count_text(block["thinking"]);
    } else if (type.says("redacted_thinking")) {
      return;
    } else if (type.says("tool_result")) {
      overhead_ += kPerToolResult;
      count_content(block["content"], false);
    } else if (type.says("tool_use") || type.says("server_tool_use") || type.says("mcp_tool_use")) {
      overhead_ += kPerToolUse;
      count_text(block["name"]);
      count_json(block["input"]);
    } else {
      count_strings(block);
    }
  }

  void count_image(JsonValue source) {
    const JsonValue data = source["data"];
    overhead_ += image_tokens(data.is_string() ? image_size(data.text()) : std::nullopt, rules_);
  }

  void count_document(JsonValue block) {
    const JsonValue source = block["source"];
    count_text(block["title"]);
    count_text(block["context"]);
    if (source["type"].says("base64")) {
      overhead_ += pdf_tokens(source["data"].text());
    } else if (source["type"].says("content")) {
      count_content(source["content"], false);
    } else {
      count_text(source["data"]);
    }
  }

  void count_tools(JsonValue tools, JsonValue choice) {
    if (!tools.is_array() || tools.empty()) return;
    const bool forced = choice["type"].says("any") || choice["type"].says("tool");
    overhead_ += forced ? rules_.tools_forced : rules_.tools_auto;
    for (const JsonValue tool : tools.elements()) {
      overhead_ += kPerTool;
      count_text(tool["name"]);
      count_text(tool["description"]);
      count_json(tool["input_schema"]);
      overhead_ += known_tool_tokens(tool["type"].text());
    }
  }

  [[nodiscard]] std::int64_t known_tool_tokens(std::string_view type) const {
    if (type.starts_with("bash_")) return rules_.bash_tool;
    if (type.starts_with("text_editor_")) return kTextEditorTool;
    if (type.starts_with("computer_")) return kComputerTools;
    if (type.starts_with("browser_")) return kBrowserTools;
    return 0;
  }

  void count_text(JsonValue text) {
    text_.feed_raw(text.text());
    text_.end_text();
  }

  void count_json(JsonValue value) {
    text_.feed(value.raw());
    text_.end_text();
  }

  // Of blocks that nobody here knows: what could be words. Depth is bounded by JsonDocument::kMaxDepth.
  void count_strings(JsonValue value) {
    if (value.is_string()) return count_text(value);
    for (const JsonValue element : value.elements()) count_strings(element);
    for (const JsonField field : value.fields()) {
      if (!says(field.raw_key, "type") && !says(field.raw_key, "encrypted_content")) count_strings(field.value);
    }
  }

  const TokenRules rules_;
  const bool keeps_thinking_;
  TextTokenCounter text_;
  std::int64_t overhead_ = 0;
};

}  // namespace

std::int64_t estimate_input_tokens(JsonValue root, std::string_view model) { return RequestTokens(model).count(root); }

}  // namespace balancer::gateway
