// Anthropic events in the shorthand of protocol.md 8, one a line (README.md), so that a stream can be read at a glance.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace balancer::conformance {

// For bytes of the strict grammar (stream_grammar.hpp).
[[nodiscard]] std::vector<std::string> event_lines(std::string_view stream);

}  // namespace balancer::conformance
