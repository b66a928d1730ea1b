#include "gateway/dialect/openai_request/message_list.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/openai_request/assistant_turn.hpp"
#include "gateway/dialect/openai_request/user_turn.hpp"

namespace balancer::gateway {
namespace {

// Says something itself: not only tool results.
bool is_users_word(JsonValue message) {
  if (!message["role"].says("user")) return false;
  const JsonValue content = message["content"];
  if (content.is_string()) return true;
  for (const JsonValue block : content.elements()) {
    if (content_block(block) != ContentBlock::kToolResult) return true;
  }
  return false;
}

class MessageListReader {
 public:
  explicit MessageListReader(MessageReading& reading) : reading_(reading) {}

  ConversionResult<MessageList> read(JsonValue messages) {
    std::size_t index = 0;
    for (const JsonValue message : messages.elements()) {
      if (is_users_word(message)) last_users_word_ = index;
      ++index;
    }
    index = 0;
    for (const JsonValue message : messages.elements()) {
      if (auto read = read_message(message, index++); !read) return read.error();
    }
    if (auto checked = check_end(); !checked) return checked.error();
    return std::move(list_);
  }

 private:
  ConversionResult<void> read_message(JsonValue message, std::size_t index) {
    const JsonPath path(messages_path_, index);
    if (!message.is_object()) return invalid(path + ": Input should be an object");
    const JsonValue role = message["role"];
    const JsonValue content = message["content"];
    if (role.says("system")) return read_system(message, path, index);
    if (!role.says("user") && !role.says("assistant")) {
      return invalid(path + ".role: Input should be 'user', 'assistant' or 'system'");
    }
    if (!content.is_string() && !content.is_array()) {
      return invalid(path + ".content: Input should be a valid string or list");
    }
    return role.says("user") ? read_user_turn(content, path, reading_) : read_assistant_turn(content, path, reading_);
  }

  ConversionResult<void> read_system(JsonValue message, const JsonPath& path, std::size_t index) {
    if (const JsonValue effort = message["output_config"]["effort"]; effort.is_string()) list_.effort = effort;
    auto texts = read_system_texts(message["content"], JsonPath(path, "content"));
    if (!texts) return texts.error();
    const bool cleared = message["clear_at"].says("next_user_message") && index < last_users_word_;
    if (cleared || texts->empty()) return {};
    switch (reading_.settings().mid_system) {
      case MidSystem::kHoist:
        std::move(texts->begin(), texts->end(), std::back_inserter(list_.hoisted_system));
        break;
      case MidSystem::kInPlace:
        reading_.conversation.add({.role = ChatMessage::Role::kSystem, .parts = std::move(*texts)});
        break;
      case MidSystem::kUserReminder:
        texts->insert(texts->begin(), text_part(R"(<system-reminder>\n)"));
        texts->push_back(text_part(R"(\n</system-reminder>)"));
        reading_.conversation.add({.role = ChatMessage::Role::kUser, .parts = std::move(*texts)});
        break;
    }
    return {};
  }

  // What the conversation ends with is what the model goes on from.
  ConversionResult<void> check_end() {
    std::vector<ChatMessage>& messages = reading_.conversation.messages();
    bool anybody = false;
    for (const ChatMessage& message : messages) anybody = anybody || message.role != ChatMessage::Role::kSystem;
    if (!anybody) return invalid("messages: text content blocks must be non-empty");
    ChatMessage& last = messages.back();
    if (last.role != ChatMessage::Role::kAssistant || !last.answers.empty()) return {};
    if (!last.calls.empty()) {
      return invalid(fmt::format(
          "`tool_use` ids were found without `tool_result` blocks immediately after: {}", last.calls.back().client_id));
    }
    if (reading_.settings().prefill == Prefill::kReject) {
      return unsupported("This model does not support assistant message prefill. The conversation must end with a "
                         "user message.");
    }
    last.parts.back().text = without_trailing_space(last.parts.back().text);
    return {};
  }

  const JsonPath messages_path_{"messages"};
  MessageReading& reading_;
  MessageList list_;
  std::size_t last_users_word_ = 0;
};

}  // namespace

ConversionResult<MessageList> read_message_list(JsonValue messages, MessageReading& reading) {
  return MessageListReader(reading).read(messages);
}

}  // namespace balancer::gateway
