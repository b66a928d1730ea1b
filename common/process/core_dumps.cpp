#include "common/process/core_dumps.hpp"

#include <sys/resource.h>

#include "common/process/process_environment.hpp"

namespace balancer {

void forbid_core_dumps() {
  if (process_environment()(kCoreDumpsVariable) == "1") return;
  // One byte is too little for a file, as 0 would be; a collector (core_pattern with '|') is not started for it either,
  // though it would be for 0 (core(5)).
  const rlimit none{.rlim_cur = 1, .rlim_max = 1};
  // Nobody can forbid to lower a limit.
  (void)::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace balancer
