// What the programs' exit statuses mean; documented in their --help.
#pragma once

namespace balancer {

inline constexpr int kExitDone = 0;
// Something that was asked for could not be had or done.
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
// Two things that were compared are not the same.
inline constexpr int kExitDifferent = 3;
inline constexpr int kExitInvalidConfiguration = 4;

// The process should end with this status; what there was to say has been printed.
struct EarlyExit {
  int status = 0;
};

}  // namespace balancer
