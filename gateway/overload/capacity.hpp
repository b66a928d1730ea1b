// What the process has taken on, of what it may take on at once.
#pragma once

#include <cstddef>

#include "common/http/connection_places.hpp"
#include "common/memory/byte_budget.hpp"
#include "gateway/overload/overload_limits.hpp"

namespace balancer::gateway {

// Thread-safe and without locks. One for the process: whatever has a place or bytes of it must have ended before.
struct Capacity {
  // `descriptors` is how many files and sockets the process may have open: there are no more connections than there are
  // descriptors for, with one to a provider for each.
  Capacity(const OverloadLimits& limits, std::size_t descriptors);

  http::ConnectionPlaces connections;
  // Requests that are being served, from before their body is read until their answer is out.
  Places in_flight;
  ByteBudget body_bytes;
};

}  // namespace balancer::gateway
