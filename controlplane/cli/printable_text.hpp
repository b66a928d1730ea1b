// Text from elsewhere (a model's name may be any client's) as a terminal may see it.
#pragma once

#include <string>
#include <string_view>

namespace balancer::controlplane::cli {

// Control characters, C1 ones included, are replaced by "?": none moves the cursor, sets a colour or begins a line.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace balancer::controlplane::cli
