// What the user wrote, apart from what the client wrote around it.
#pragma once

#include <string>
#include <string_view>

namespace balancer::demo {

// The text without the <system-reminder> notes that Claude Code adds to it, and without white space at its ends. A note
// that does not end stays.
[[nodiscard]] std::string words_of_user(std::string_view text);

}  // namespace balancer::demo
