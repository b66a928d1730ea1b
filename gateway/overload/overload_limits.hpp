// How much one gateway process takes on at once, over all its threads. What comes beyond is refused at once with 529 and
// Retry-After, so that those who are served are served as well as ever, and clients know to come back.
#pragma once

#include <cstddef>

namespace balancer::gateway {

// The defaults are far beyond what a team of people does and well within what one machine holds: they are there so that
// a flood ends in refusals rather than in a process without memory or descriptors.
struct OverloadLimits {
  // Clients' connections, idle ones included. One costs about 10 kB: 200 MB at the worst. As many as there are descriptors
  // for if that is fewer: each may need another one to a provider.
  std::size_t connections = 20'000;
  // Requests under way, open streams included. One costs about 50 kB: 500 MB at the worst. Clients keep connections for
  // their next request, which is why there are twice as many of those.
  std::size_t in_flight = 10'000;
  // What the bodies of requests hold until a provider begins to answer. Claude Code's have 100 to 500 kB: about 2000 of
  // them, or 16 of the longest that are allowed.
  std::size_t body_bytes = std::size_t{512} * 1024 * 1024;
};

}  // namespace balancer::gateway
