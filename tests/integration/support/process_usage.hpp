// What a running process holds and uses: for tests that promise that nothing is kept, or that nothing spins.
#pragma once

#include <chrono>
#include <cstddef>

#include "tests/integration/support/process.hpp"

namespace balancer::integration {

// Of a process that runs. Throws std::runtime_error otherwise.
[[nodiscard]] std::size_t resident_bytes(const Process& process);
// What of it is program text, libraries and other files: the kernel drops it and reads it again as it likes.
[[nodiscard]] std::size_t resident_file_bytes(const Process& process);
// Files, sockets and everything else that has a number.
[[nodiscard]] std::size_t open_descriptors(const Process& process);
[[nodiscard]] std::size_t thread_count(const Process& process);
// Of all its threads since it started, in user and in kernel mode. The kernel tells it in steps of 10 ms.
[[nodiscard]] std::chrono::milliseconds cpu_time(const Process& process);

}  // namespace balancer::integration
