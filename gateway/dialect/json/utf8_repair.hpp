// UTF-8 of doubtful origin.
#pragma once

#include <string>
#include <string_view>

namespace balancer::gateway {

// The text with every malformed sequence, and every NUL, replaced by U+FFFD.
[[nodiscard]] std::string with_valid_utf8(std::string_view text);

}  // namespace balancer::gateway
