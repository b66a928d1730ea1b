// An Anthropic event stream as the one message that it says (protocol.md 4.1, 4.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace balancer::gateway {

// Nothing unless every event is understood and the message is complete (it has a stop_reason and a usage): what is not
// understood must not be lost. Texts, tool input, thinking with its signature, citations, and usage are all kept; blocks
// whose type is not known are kept as they stand when no delta changes them. Pings are skipped.
[[nodiscard]] std::optional<std::string> message_from_events(std::string_view events);

}  // namespace balancer::gateway
