// Takes thinking blocks out of a body that passes through: those that its provider could not verify (protocol.md 2.7).
//
// A block goes with its comma, and a message that holds nothing else goes as a whole; all other bytes stay. The edits
// are sorted and lie within the value of the body's "messages". What is malformed yields nothing: it is the provider's
// to refuse.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/dialect/body_edit.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// The blocks that this gateway made. `messages` is the value of the body's "messages" and points into `body`, which is
// followed by at least 64 readable bytes.
[[nodiscard]] std::vector<BodyEdit> find_gateway_thinking(std::string_view body, std::string_view messages);
// The same where `body` has been scanned: only escapes in strings are still unchecked.
[[nodiscard]] std::vector<BodyEdit> find_gateway_thinking(std::string_view body, JsonValue messages);

// All of them, whoever made them: instead of the ones above, not beside them. `body` is followed by at least 64
// readable bytes.
[[nodiscard]] std::vector<BodyEdit> find_all_thinking(std::string_view body);

}  // namespace balancer::gateway
