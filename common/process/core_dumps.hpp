// A core dump holds every credential that the process has.
#pragma once

#include <string_view>

namespace balancer {

// Set to 1, core dumps are left as the system has them.
inline constexpr std::string_view kCoreDumpsVariable = "BALANCER_CORE_DUMPS";

// From now on a crash of this process leaves none, neither a file nor what the kernel hands to a collector. Debuggers and
// profilers of the same user still work: the process stays dumpable (PR_SET_DUMPABLE) to them, because otherwise its
// owner could not look at /proc/PID/fd either.
void forbid_core_dumps();

}  // namespace balancer
