#include "gateway/dialect/openai_request/assistant_turn.hpp"

#include "gateway/dialect/gateway_signature.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/server_tool_text.hpp"
#include "gateway/dialect/openai_request/tool_ids.hpp"

namespace balancer::gateway {
namespace {

class AssistantTurn {
 public:
  explicit AssistantTurn(MessageReading& reading) : reading_(reading) {
    message_.role = ChatMessage::Role::kAssistant;
  }

  ConversionResult<void> read_block(JsonValue block, const JsonPath& path) {
    const ContentBlock kind = content_block(block);
    switch (kind) {
      case ContentBlock::kText:
        return append_content(kind, block, path, message_.parts, reading_);
      case ContentBlock::kDocument:
        if (block["source"]["type"].says("text")) return append_content(kind, block, path, message_.parts, reading_);
        return misplaced_block(block, path);
      case ContentBlock::kToolUse:
        return add_call(block, path);
      case ContentBlock::kThinking:
        add_thinking(block);
        return {};
      case ContentBlock::kRedactedThinking:
      case ContentBlock::kIgnored:
        return {};
      case ContentBlock::kServerToolUse:
      case ContentBlock::kServerToolResult:
        add_text(server_tool_text(kind, block, reading_.settings()));
        return {};
      case ContentBlock::kCompaction:
        return start_over(block, path);
      case ContentBlock::kContainerUpload:
        return refuse_container_upload(path, reading_);
      case ContentBlock::kUnknown:
        return refuse_unknown_block(block, path, reading_);
      default:
        return misplaced_block(block, path);
    }
  }

  void finish() {
    if (reading_.settings().reasoning_replay != ReasoningReplay::kNone) {
      if (!thought_.empty()) {
        message_.reasoning = reading_.keep(std::move(thought_));
      } else if (!message_.calls.empty() && reading_.settings().reasoning_replay == ReasoningReplay::kReasoningContent) {
        // Such a turn must say something (DeepSeek), even if it is nothing.
        message_.reasoning = std::string_view("");
      }
    }
    reading_.conversation.add(std::move(message_));
  }

 private:
  ConversionResult<void> add_call(JsonValue block, const JsonPath& path) {
    const JsonValue id = block["id"];
    const JsonValue name = block["name"];
    if (!id.is_string() || id.empty()) return invalid(path + ".id: Field required");
    if (!name.is_string() || name.empty()) return invalid(path + ".name: Field required");
    const JsonValue input = block["input"];
    if (!input.is_nothing() && !input.is_object()) return invalid(path + ".input: Input should be an object");
    std::string client_id = id.decoded_text();
    std::string provider_id = tool_id_to_provider(client_id, reading_.settings());
    reading_.tool_ids.insert(client_id);
    message_.calls.push_back({.client_id = std::move(client_id),
                              .id = std::move(provider_id),
                              .name = reading_.tool_names.to_provider(name.decoded_text()),
                              .input = input.is_object() ? input.raw() : std::string_view("{}")});
    return {};
  }

  // Only what this very model thought is of use to it.
  void add_thinking(JsonValue block) {
    const auto signature = read_gateway_signature(block["signature"].text());
    if (!signature || signature->tag != reading_.reasoning_tag) return;
    if (const std::string_view text = block["thinking"].text(); !text.empty()) {
      thought_ += text;
    } else {
      append_escaped(thought_, signature->text);
    }
  }

  void add_text(std::string raw_text) {
    if (!raw_text.empty()) message_.parts.push_back(text_part(reading_.keep(std::move(raw_text))));
  }

  ConversionResult<void> start_over(JsonValue block, const JsonPath& path) {
    const JsonValue content = block["content"];
    std::string summary = "<summary>";
    summary += content.text();
    const JsonPath content_path(path, "content");
    std::size_t index = 0;
    for (const JsonValue element : content.elements()) {
      const JsonValue text = element["text"];
      if (!text.is_string()) return misplaced_block(element, JsonPath(content_path, index));
      if (index++ > 0) summary += R"(\n\n)";
      summary += text.text();
    }
    summary += "</summary>";
    message_.parts.clear();
    message_.calls.clear();
    thought_.clear();
    reading_.conversation.restart();
    reading_.conversation.add({.role = ChatMessage::Role::kUser, .parts = {text_part(reading_.keep(std::move(summary)))}});
    return {};
  }

  MessageReading& reading_;
  ChatMessage message_;
  std::string thought_;
};

}  // namespace

ConversionResult<void> read_assistant_turn(JsonValue content, const JsonPath& path, MessageReading& reading) {
  return read_turn<AssistantTurn>(content, path, ChatMessage::Role::kAssistant, reading);
}

}  // namespace balancer::gateway
