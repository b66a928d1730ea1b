// An Anthropic message as the event stream that says it (protocol.md 4.1, 4.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace balancer::gateway {

// Nothing unless it is a complete message (it has a stop_reason and a usage), nor when the events would be many times as
// large as it is. Members of the message and of its blocks that are not known here are kept. A text goes out as one
// delta; message_from_events() of the result says the same message.
[[nodiscard]] std::optional<std::string> events_from_message(std::string_view message);

}  // namespace balancer::gateway
