// Reads "messages" into a conversation for Chat Completions (protocol.md 2.3-2.7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/dialect/openai_request/content_parts.hpp"

namespace balancer::gateway {

struct MessageList {
  // For the system prompt: texts of system messages that the provider takes nowhere else.
  std::vector<ChatPart> hoisted_system;
  // The last effort that a system message asked for; absent when none did.
  JsonValue effort;
};

// Fills reading.conversation; at least one message that is not a system message is in it then.
[[nodiscard]] ConversionResult<MessageList> read_message_list(JsonValue messages, MessageReading& reading);

// The texts of "system", or of a message of that role: a string, or a list of text blocks. Claude Code's attribution
// and blank texts are left out.
[[nodiscard]] ConversionResult<std::vector<ChatPart>> read_system_texts(JsonValue content, const JsonPath& path);

}  // namespace balancer::gateway
