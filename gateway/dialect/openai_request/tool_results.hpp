// Tool results of a user message (protocol.md 2.5): text for the tool message, images and PDFs for the user message
// behind it.
#pragma once

#include <string>
#include <vector>

#include "gateway/dialect/openai_request/content_parts.hpp"

namespace balancer::gateway {

struct ToolResult {
  std::string client_id;
  // Of the tool message; never empty, unless the provider takes empty ones.
  std::vector<ChatPart> parts;
  // Each behind a text that says where it belongs.
  std::vector<ChatPart> hoisted;
};

[[nodiscard]] ConversionResult<ToolResult> read_tool_result(JsonValue block, const JsonPath& path,
                                                            MessageReading& reading);

}  // namespace balancer::gateway
