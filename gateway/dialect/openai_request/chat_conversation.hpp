// The messages of a Chat Completions request while they are put together (protocol.md 2.4): views of raw JSON text in
// the order in which they will be written, merged where roles repeat, every tool call with its answers.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/snapshot/conversion.hpp"

namespace balancer::gateway {

struct ChatPart {
  enum class Kind {
    // `text` is raw text.
    kText,
    // text + data + tail is a whole content part, e.g. {"type":"image_url",...}.
    kMedia,
  };
  Kind kind = Kind::kText;
  std::string_view text{};
  // Apart, because it can be large.
  std::string_view data{};
  std::string_view tail{};
  // Raw value of the block's cache_control; empty when it had none.
  std::string_view cache_control{};
};

struct ChatToolCall {
  std::string client_id;
  // As the provider is told them; not escaped yet.
  std::string id;
  std::string name;
  // The JSON text of the input object.
  std::string_view input;
  bool answered = false;
};

struct ChatToolAnswer {
  // As the provider is told it; not escaped yet.
  std::string call_id;
  // Text only, or (tool_media: inline) media too.
  std::vector<ChatPart> parts{};
};

struct ChatMessage {
  enum class Role { kSystem, kUser, kAssistant };
  Role role = Role::kUser;
  std::vector<ChatPart> parts{};
  // Of the assistant.
  std::vector<ChatToolCall> calls{};
  // Written behind the message, before the next one.
  std::vector<ChatToolAnswer> answers{};
  // Raw text of what it thought, for providers that want it back.
  std::optional<std::string_view> reasoning{};
};

class ChatConversation {
 public:
  explicit ChatConversation(const ConversionSettings& settings) : settings_(settings) {}

  // Keeps a text for as long as the conversation lives.
  std::string_view keep(std::string text) { return kept_.emplace_back(std::move(text)); }

  // A message without parts and calls is left out. User messages in a row become one where the
  // provider wants strict alternation, assistant messages in a row always.
  void add(ChatMessage message);
  // Hands the answer to the last unanswered call of that client id, wherever it stands. False when there is none.
  [[nodiscard]] bool answer(std::string_view client_id, std::vector<ChatPart> parts);
  // Forgets everything so far: a summary takes its place.
  void restart();

  [[nodiscard]] const std::vector<ChatMessage>& messages() const { return messages_; }
  [[nodiscard]] std::vector<ChatMessage>& messages() { return messages_; }
  [[nodiscard]] bool has_calls() const { return has_calls_; }

 private:
  struct CallPlace {
    std::size_t message = 0;
    std::size_t call = 0;
  };

  const ConversionSettings& settings_;
  std::vector<ChatMessage> messages_;
  std::unordered_map<std::string, std::vector<CallPlace>> calls_;
  std::deque<std::string> kept_;
  bool has_calls_ = false;
};

}  // namespace balancer::gateway
