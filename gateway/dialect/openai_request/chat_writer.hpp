// Writes a conversation as the "messages" of a Chat Completions request (protocol.md 2.3, 2.4).
#pragma once

#include <span>
#include <string>

#include "gateway/dialect/openai_request/chat_conversation.hpp"

namespace balancer::gateway {

// Appends the array. `system` becomes the first message; none when it is empty. Calls that nobody answered get an
// answer that says so.
void append_chat_messages(std::string& out, std::span<const ChatPart> system, const ChatConversation& conversation,
                          const ConversionSettings& settings);

}  // namespace balancer::gateway
