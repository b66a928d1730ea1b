// Thinking blocks that this gateway made while converting another dialect: their signature starts with "gw1.", which
// no provider can verify (protocol.md 2.7).
#pragma once

#include <string_view>
#include <vector>

#include "gateway/dialect/body_edit.hpp"

namespace balancer::gateway {

// A cheap look for the mark; false means that there is nothing to remove.
[[nodiscard]] bool may_hold_gateway_thinking(std::string_view messages);

// Removals for every such block, with its comma; a message that holds nothing else goes as a whole. `messages` is the
// value of the body's "messages" and points into `body`; offsets are into `body`. Malformed messages yield nothing:
// they are the provider's to refuse.
[[nodiscard]] std::vector<BodyEdit> find_gateway_thinking(std::string_view body, std::string_view messages);

}  // namespace balancer::gateway
