#include "gateway/dialect/openai_request/chat_conversation.hpp"

#include <iterator>
#include <utility>

namespace balancer::gateway {

void ChatConversation::add(ChatMessage message) {
  using Role = ChatMessage::Role;
  if (message.parts.empty() && message.calls.empty()) return;
  has_calls_ = has_calls_ || !message.calls.empty();

  bool merged = false;
  if (!messages_.empty() && messages_.back().role == message.role) {
    const bool users = message.role == Role::kUser && settings_.strict_alternation;
    const bool assistants = message.role == Role::kAssistant && messages_.back().answers.empty();
    merged = users || assistants;
  }
  if (!merged) messages_.emplace_back().role = message.role;
  ChatMessage& target = messages_.back();
  for (std::size_t i = 0; i < message.calls.size(); ++i) {
    calls_[message.calls[i].client_id].push_back({messages_.size() - 1, target.calls.size() + i});
  }
  if (!target.reasoning) target.reasoning = message.reasoning;
  std::move(message.parts.begin(), message.parts.end(), std::back_inserter(target.parts));
  std::move(message.calls.begin(), message.calls.end(), std::back_inserter(target.calls));
}

bool ChatConversation::answer(std::string_view client_id, std::vector<ChatPart> parts) {
  const auto found = calls_.find(std::string(client_id));
  if (found == calls_.end()) return false;
  for (auto place = found->second.rbegin(); place != found->second.rend(); ++place) {
    ChatMessage& message = messages_[place->message];
    ChatToolCall& call = message.calls[place->call];
    if (std::exchange(call.answered, true)) continue;
    message.answers.push_back({call.id, std::move(parts)});
    return true;
  }
  return false;
}

void ChatConversation::restart() {
  messages_.clear();
  calls_.clear();
  has_calls_ = false;
}

}  // namespace balancer::gateway
