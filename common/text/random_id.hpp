// Identifiers that nobody else has: a prefix and 24 random base-62 letters, e.g. "req_4fGa...".
#pragma once

#include <string>
#include <string_view>

namespace balancer {

[[nodiscard]] std::string make_random_id(std::string_view prefix);

}  // namespace balancer
