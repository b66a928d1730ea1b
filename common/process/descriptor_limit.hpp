// How many files and sockets the process may have open.
#pragma once

#include <cstddef>

namespace balancer {

// Raises the limit as far as the system lets an ordinary process: the usual limit of 1024 is for programs that use
// select(). For a program's start.
void raise_descriptor_limit();

[[nodiscard]] std::size_t descriptor_limit();

}  // namespace balancer
