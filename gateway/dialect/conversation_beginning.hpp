// How the conversation of a Messages request begins: what it is recognised by when its client gives it no name.
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

struct ConversationBeginning {
  // Of system prompt and first user message, up to 4 KiB each; empty when there is neither. The same in every turn,
  // though clients move their cache marks on and may write a text as a list of blocks in one turn and plainly in the
  // next.
  std::string text;
  // There is an assistant message.
  bool answered = false;
};

// The values of "system" and "messages" as they stand; empty for none. Each is followed by at least 64 readable bytes.
// Reads no further than it must; what is malformed counts as absent.
[[nodiscard]] ConversationBeginning read_beginning(std::string_view system, std::string_view messages);
// The same of values that are marked already.
[[nodiscard]] ConversationBeginning read_beginning(JsonValue system, JsonValue messages);

}  // namespace balancer::gateway
