// How a route's pattern matches a model name (seed-compat section 1): without a '*' it is an exact name; with one it
// is a glob, anchored at both ends, case-insensitive, in which '*' stands for any run of characters.
#pragma once

#include <string_view>

namespace balancer::routing {

[[nodiscard]] bool is_glob(std::string_view pattern);

// Linear in the two lengths for patterns with one '*', at worst their product.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view model);

}  // namespace balancer::routing
