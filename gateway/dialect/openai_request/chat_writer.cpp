#include "gateway/dialect/openai_request/chat_writer.hpp"

#include <algorithm>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

// As many as Anthropic itself takes.
constexpr int kMaxBreakpoints = 4;
constexpr std::string_view kNoAnswer = "[no result: the call was interrupted]";

class ChatWriter {
 public:
  ChatWriter(std::string& out, const ConversionSettings& settings) : out_(out), settings_(settings) {}

  void append(std::span<const ChatPart> system, const ChatConversation& conversation) {
    out_ += '[';
    if (!system.empty()) {
      begin(system_role());
      out_ += R"(,"content":)";
      append_content(system);
      out_ += '}';
    }
    for (const ChatMessage& message : conversation.messages()) append(message);
    if (!conversation.messages().empty()) mark_prefill(conversation.messages().back());
    out_ += ']';
  }

 private:
  [[nodiscard]] std::string_view system_role() const {
    return settings_.system_role == SystemRole::kDeveloper ? "developer" : "system";
  }

  void begin(std::string_view role) {
    if (out_.back() != '[') out_ += ',';
    out_ += R"({"role":")";
    out_ += role;
    out_ += '"';
  }

  void append(const ChatMessage& message) {
    switch (message.role) {
      case ChatMessage::Role::kSystem: begin(system_role()); break;
      case ChatMessage::Role::kUser: begin("user"); break;
      case ChatMessage::Role::kAssistant: begin("assistant"); break;
    }
    append_message_content(message);
    append_reasoning(message);
    append_calls(message);
    out_ += '}';
    for (const ChatToolAnswer& answer : message.answers) {
      begin_answer(answer.call_id);
      append_content(answer.parts);
      out_ += '}';
    }
    for (const ChatToolCall& call : message.calls) {
      if (call.answered) continue;
      begin_answer(call.id);
      out_ += '"';
      out_ += kNoAnswer;
      out_ += "\"}";
    }
  }

  void begin_answer(std::string_view call_id) {
    begin("tool");
    out_ += R"(,"tool_call_id":")";
    append_escaped(out_, call_id);
    out_ += R"(","content":)";
  }

  void append_message_content(const ChatMessage& message) {
    const bool think_tags = message.reasoning && settings_.reasoning_replay == ReasoningReplay::kThinkTags;
    if (message.parts.empty() && !think_tags) {
      if (settings_.null_content == NullContent::kNull) out_ += R"(,"content":null)";
      if (settings_.null_content == NullContent::kEmpty) out_ += R"(,"content":"")";
      return;
    }
    out_ += R"(,"content":)";
    if (!think_tags) return append_content(message.parts);
    std::vector<ChatPart> parts{{.text = R"(<think>\n)"}, {.text = *message.reasoning}, {.text = R"(\n</think>\n)"}};
    parts.insert(parts.end(), message.parts.begin(), message.parts.end());
    append_content(parts);
  }

  // A string where that can say everything: it is what every server understands.
  void append_content(std::span<const ChatPart> parts) {
    const bool plain = std::all_of(parts.begin(), parts.end(), [&](const ChatPart& part) {
      return part.kind == ChatPart::Kind::kText && !is_marked(part);
    });
    if (plain) {
      out_ += '"';
      append_joined(parts);
      out_ += '"';
      return;
    }
    out_ += '[';
    for (const ChatPart& part : parts) {
      if (&part != parts.data()) out_ += ',';
      append_part(part);
    }
    out_ += ']';
  }

  void append_joined(std::span<const ChatPart> parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i > 0 && !ends_with_space(parts[i - 1].text) && !begins_with_space(parts[i].text)) out_ += R"(\n\n)";
      out_ += parts[i].text;
    }
  }

  void append_part(const ChatPart& part) {
    if (part.kind == ChatPart::Kind::kMedia) {
      out_ += part.text;
      out_ += part.data;
      out_ += part.tail;
      return;
    }
    out_ += R"({"type":"text","text":")";
    out_ += part.text;
    out_ += '"';
    if (is_marked(part) && breakpoints_++ < kMaxBreakpoints) {
      if (settings_.cache_breakpoints == CacheBreakpoints::kOpenAi) {
        out_ += R"(,"prompt_cache_breakpoint":{"mode":"explicit"})";
      } else {
        out_ += R"(,"cache_control":)";
        out_ += part.cache_control;
      }
    }
    out_ += '}';
  }

  [[nodiscard]] bool is_marked(const ChatPart& part) const {
    return settings_.cache_breakpoints != CacheBreakpoints::kNone && part.cache_control.starts_with('{');
  }

  void append_reasoning(const ChatMessage& message) {
    if (!message.reasoning) return;
    switch (settings_.reasoning_replay) {
      case ReasoningReplay::kReasoningContent: out_ += R"(,"reasoning_content":")"; break;
      case ReasoningReplay::kReasoning: out_ += R"(,"reasoning":")"; break;
      case ReasoningReplay::kReasoningDetails:
        out_ += R"(,"reasoning_details":[{"type":"reasoning.text","text":")";
        break;
      default: return;
    }
    out_ += *message.reasoning;
    out_ += settings_.reasoning_replay == ReasoningReplay::kReasoningDetails ? "\"}]" : "\"";
  }

  void append_calls(const ChatMessage& message) {
    if (message.calls.empty()) return;
    out_ += R"(,"tool_calls":[)";
    for (const ChatToolCall& call : message.calls) {
      if (&call != &message.calls.front()) out_ += ',';
      out_ += R"({"id":")";
      append_escaped(out_, call.id);
      out_ += R"(","type":"function","function":{"name":")";
      append_escaped(out_, call.name);
      out_ += R"(","arguments":")";
      append_escaped(out_, call.input);
      out_ += "\"}}";
    }
    out_ += ']';
  }

  // The provider is to go on with the assistant's last words.
  void mark_prefill(const ChatMessage& last) {
    if (last.role != ChatMessage::Role::kAssistant || !last.calls.empty()) return;
    if (settings_.prefill == Prefill::kPrefix) out_.insert(out_.size() - 1, R"(,"prefix":true)");
  }

  std::string& out_;
  const ConversionSettings& settings_;
  int breakpoints_ = 0;
};

}  // namespace

void append_chat_messages(std::string& out, std::span<const ChatPart> system, const ChatConversation& conversation,
                          const ConversionSettings& settings) {
  ChatWriter(out, settings).append(system, conversation);
}

}  // namespace balancer::gateway
