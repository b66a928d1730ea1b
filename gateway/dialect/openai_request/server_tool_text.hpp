// Tools that Anthropic's servers ran in an earlier turn, told as text (protocol.md 2.5): they are history, and never
// a reason to refuse a request.
#pragma once

#include <string>

#include "common/snapshot/conversion.hpp"
#include "gateway/dialect/openai_request/content_parts.hpp"

namespace balancer::gateway {

// What a call or a result becomes, wherever it is met: nothing when the provider's settings drop it. Raw text.
[[nodiscard]] std::string server_tool_text(ContentBlock kind, JsonValue block, const ConversionSettings& settings);

// Raw text, e.g. [web_search {\"query\":\"x\"}]\n.
[[nodiscard]] std::string server_tool_call_text(JsonValue block);

// Titles, addresses and texts of what came back, as raw text; what is encrypted is left out.
[[nodiscard]] std::string server_tool_result_text(JsonValue block);

}  // namespace balancer::gateway
