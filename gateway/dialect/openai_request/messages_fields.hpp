// The top-level fields of a Messages request (protocol.md 2.2), sorted by what becomes of them.
#pragma once

#include <string>
#include <vector>

#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/openai_request/conversion.hpp"

namespace balancer::gateway {

struct MessagesFields {
  JsonValue messages;
  JsonValue system;
  JsonValue tools;
  JsonValue tool_choice;
  JsonValue max_tokens;
  JsonValue temperature;
  JsonValue top_p;
  JsonValue top_k;
  JsonValue stop_sequences;
  JsonValue stream;
  JsonValue thinking;
  JsonValue output_config;
  JsonValue output_format;
  JsonValue metadata;
  JsonValue service_tier;
  JsonValue speed;
  // Hints without a counterpart, and fields that nobody here knows.
  std::vector<std::string> dropped;
};

// Checks what every request must have, and refuses what cannot be dropped without changing the request's meaning.
[[nodiscard]] ConversionResult<MessagesFields> read_messages_fields(JsonValue root, const ConversionTarget& target);

}  // namespace balancer::gateway
