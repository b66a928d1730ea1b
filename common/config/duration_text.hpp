// Durations as configuration files write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace balancer {

// A number of seconds ("90", "0.5"), or a number with one of the units ms, s, m, h, d ("250ms", "1.5h"). Absent
// for anything else, negative numbers and more than ten years included. Parts of a millisecond are dropped.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace balancer
