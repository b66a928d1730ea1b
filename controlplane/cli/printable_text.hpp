// Text from elsewhere (a model's name may be any client's) as a terminal may see it.
#pragma once

#include <string>
#include <string_view>

namespace balancer::controlplane::cli {

// Control characters, C1 ones included, are replaced by "?": none moves the cursor, sets a colour or begins a line.
[[nodiscard]] std::string printable(std::string_view text);

// The same for text inside the quotes of JSON, or of YAML: DEL and C1 characters, which both leave as they are, are written
// as "\u009b".
[[nodiscard]] std::string with_escaped_controls(std::string_view quoted);

}  // namespace balancer::controlplane::cli
