// One assistant message of the history (protocol.md 2.4, 2.7): texts, tool calls, and what it thought.
#pragma once

#include <string>

#include "gateway/dialect/openai_request/content_parts.hpp"

namespace balancer::gateway {

// Adds the message to the conversation.
[[nodiscard]] ConversionResult<void> read_assistant_turn(JsonValue content, const JsonPath& path,
                                                         MessageReading& reading);

}  // namespace balancer::gateway
