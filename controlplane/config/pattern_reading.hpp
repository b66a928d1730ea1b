// Where a route's pattern means something else here than in the reference.
#pragma once

#include <string>
#include <string_view>

namespace balancer::controlplane {

// The reference turns a pattern with '*' into a regular expression that may match anywhere in a name; here it is a
// glob that must match the whole name (seed-compat section 1). Empty when both readings agree; otherwise a sentence
// for the user.
[[nodiscard]] std::string difference_to_reference(std::string_view pattern);

}  // namespace balancer::controlplane
