// The thinking blocks of a history: which blocks are such, and who made them (protocol.md 2.7).
#pragma once

#include <string_view>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// "thinking" or "redacted_thinking", whoever made it.
[[nodiscard]] bool is_thinking_block(const JsonValue& block);
// Made by this gateway while converting another dialect: no provider can verify its signature.
[[nodiscard]] bool is_gateway_thinking_block(const JsonValue& block);

// Cheap looks at a text; false means that no such block is in it.
[[nodiscard]] bool may_hold_thinking(std::string_view text);
[[nodiscard]] bool may_hold_gateway_thinking(std::string_view text);
[[nodiscard]] bool may_hold_gateway_thinking(JsonValue value);

}  // namespace balancer::gateway
