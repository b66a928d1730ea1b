// What a running process holds: for tests that promise that nothing is kept.
#pragma once

#include <cstddef>

#include "tests/integration/support/process.hpp"

namespace balancer::integration {

// Of a process that runs. Throws std::runtime_error otherwise.
[[nodiscard]] std::size_t resident_bytes(const Process& process);
// Files, sockets and everything else that has a number.
[[nodiscard]] std::size_t open_descriptors(const Process& process);

}  // namespace balancer::integration
