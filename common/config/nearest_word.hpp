// "Did you mean ...?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace balancer {

// The candidate that needs the fewest insertions, deletions, replacements and swaps of neighbours to become `word`;
// empty when none is near enough for a slip of the pen (a third of its letters).
[[nodiscard]] std::string_view nearest_word(std::string_view word, std::span<const std::string> candidates);

}  // namespace balancer
