// Words of a configuration file inside a message.
#pragma once

#include <string>
#include <string_view>

namespace balancer {

// In double quotes, shortened to about 60 bytes at a character's border, with control characters replaced by "?".
[[nodiscard]] std::string in_quotes(std::string_view text);

[[nodiscard]] bool is_control_character(char c);

}  // namespace balancer
