// A strict reader of Anthropic event streams (protocol.md 4.1): stricter than any client, so that no client trips.
#pragma once

#include <string>
#include <string_view>

namespace balancer::conformance {

enum class StreamShape {
  // message_start to message_stop.
  kWhole,
  // What may stand before an error: any beginning of a whole stream that ends between two events, or nothing.
  kBeginning,
};

// Empty when the bytes are such a stream; else what is wrong with them.
[[nodiscard]] std::string grammar_problem(std::string_view bytes, StreamShape shape);

}  // namespace balancer::conformance
