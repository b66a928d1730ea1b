// How texts are cut for streams. Pieces join to the whole, and end between UTF-8 characters.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace balancer::demo {

// The longest beginning of `text` that has at most `limit` bytes.
[[nodiscard]] std::string_view first_bytes(std::string_view text, std::size_t limit);

// One piece a word, with the spaces behind it.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);

// A few bytes a piece, wherever that is in the JSON. `arguments` is valid UTF-8.
[[nodiscard]] std::vector<std::string_view> argument_pieces(std::string_view arguments);

}  // namespace balancer::demo
