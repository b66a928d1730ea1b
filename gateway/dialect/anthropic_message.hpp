// What the gateway reads out of Anthropic documents that it passes through: token usage, errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialect/anthropic_stream_tee.hpp"

namespace balancer::gateway {

// Adds what the "usage" of a message, a message_start or a message_delta says: a field that is there replaces what
// was known, one that is absent leaves it (protocol.md 4.1). Cached input counts as input.
void read_usage(std::string_view json, TokenUsage& usage);

struct AnthropicError {
  std::string type;
  std::string message;
  // error.details.error_code; usually empty.
  std::string detail_code;
};

// Nothing when the text is not {"type":"error","error":{...}} or {"error":{...}}.
[[nodiscard]] std::optional<AnthropicError> read_error(std::string_view json);

}  // namespace balancer::gateway
