// Text that comes in pieces may be cut between the two halves of a surrogate pair (protocol.md 4.4 rule 24).
#pragma once

#include <string>
#include <string_view>

namespace balancer::gateway {

// Joins `half` (the first half of a pair that the piece before ended with, or nothing) and `raw`, moves a first half
// at the new end into `half`, and spells what has no partner \ufffd.
[[nodiscard]] std::string join_split_surrogates(std::string& half, std::string_view raw);

}  // namespace balancer::gateway
