// One user message (protocol.md 2.4): answers to tool calls, then one message from everything else.
#pragma once

#include <string>

#include "gateway/dialect/openai_request/content_parts.hpp"

namespace balancer::gateway {

// Adds the answers and the message to the conversation.
[[nodiscard]] ConversionResult<void> read_user_turn(JsonValue content, const JsonPath& path, MessageReading& reading);

}  // namespace balancer::gateway
