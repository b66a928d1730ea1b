#include "gateway/dialect/token_count/message_tokens.hpp"

#include <algorithm>
#include <array>
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
    for (const JsonValue format : {root["output_config"]["format"], root["output_format"]}) {
      count_json(format["schema"]);
    }
    // Whole numbers stay whole.
    constexpr double kRounding = 1e-6;
    const double text = std::ceil(text_.tokens() * rules_.text_factor - kRounding);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(text) + overhead_);
  }

 private:
  void count_messages(JsonValue messages) {
    std::size_t last_users_word = 0;
    std::size_t index = 0;
    for (const JsonValue message : messages.elements()) {
      ++index;
      if (!keeps_thinking_ && message["role"].says("user") && begins_turn(message["content"])) last_users_word = index;
    }
    index = 0;
    for (const JsonValue message : messages.elements()) {
      ++index;
      overhead_ += kPerMessage;
      count_content(message["content"], index > last_users_word);
    }
  }

  // A user's words; beside tool results they only accompany the turn that goes on.
  static bool begins_turn(JsonValue content) {
    if (content.is_string()) return true;
    bool has_text = false;
    for (const JsonValue block : content.elements()) {
      const JsonValue type = block["type"];
      if (type.says("tool_result")) return false;
      has_text = has_text || type.says("text");
    }
    return has_text;
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
    if (source["type"].says("text")) {
      count_text(source["data"]);
    } else if (source["type"].says("content")) {
      count_content(source["content"], false);
    } else {
      overhead_ += pdf_tokens(source["data"].text(), rules_);
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
    if (type.starts_with("text_editor_")) return rules_.text_editor_tool;
    if (type.starts_with("computer_")) return rules_.computer_tools;
    if (type.starts_with("browser_")) return rules_.browser_tools;
    return 0;
  }

  void count_text(JsonValue text) {
    text_.feed_raw(text.text());
    text_.end_text();
  }

  // With its punctuation, but with its strings as they read.
  void count_json(JsonValue value) {
    text_.feed_raw(value.raw());
    text_.end_text();
  }

  // Of blocks that nobody here knows: what could be words, and images and documents at any depth, which
  // JsonDocument::kMaxDepth bounds.
  void count_strings(JsonValue value) {
    if (value.is_string()) return count_text(value);
    for (const JsonValue element : value.elements()) count_strings(element);
    if (value["type"].says("image")) return count_image(value["source"]);
    if (value["type"].says("document")) return count_document(value);
    for (const JsonField field : value.fields()) {
      if (!is_hidden(field.raw_key)) count_strings(field.value);
    }
  }

  // Members that are there for the API and not for the model.
  static bool is_hidden(std::string_view raw_key) {
    constexpr auto kHidden = std::to_array<std::string_view>({"type", "id", "tool_use_id", "cache_control",
                                                              "media_type", "signature", "encrypted_content",
                                                              "encrypted_index"});
    return std::any_of(kHidden.begin(), kHidden.end(), [&](std::string_view key) { return says(raw_key, key); });
  }

  const TokenRules rules_;
  const bool keeps_thinking_;
  TextTokenCounter text_;
  std::int64_t overhead_ = 0;
};

}  // namespace

std::int64_t estimate_input_tokens(JsonValue root, std::string_view model) { return RequestTokens(model).count(root); }

}  // namespace balancer::gateway
