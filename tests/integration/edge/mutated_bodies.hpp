// Requests whose bodies were damaged by dice, sent to a whole product over a few kept connections (promises.md T33).
#pragma once

#include <cstddef>
#include <map>

namespace balancer::integration {

// Sends so many bodies, half of them to a provider of each type. Expects that each is answered, on the connection that it
// came by, with an answer or an error of the Anthropic form; and that a good request is served afterwards. Returns how many
// answers had which status. The same bodies each time: what a failure shows can be shown again.
std::map<int, std::size_t> send_mutated_bodies(std::size_t count);

}  // namespace balancer::integration
