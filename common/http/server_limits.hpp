// Bounds and deadlines of an HTTP server (promises.md T24, T31; protocol.md 1.3, 1.5, 1.7).
#pragma once

#include <chrono>
#include <cstddef>

#include "common/http/connection_places.hpp"
#include "common/memory/byte_budget.hpp"

namespace balancer::http {

struct ServerLimits {
  // False: a connection ends after its next answer.
  bool keep_alive = true;
  std::size_t head_bytes = 32 * 1024;
  std::size_t header_fields = 128;
  std::size_t target_bytes = 8 * 1024;
  // Of all chunk extensions of a request together, and of all its trailer fields.
  std::size_t chunk_overhead_bytes = 4 * 1024;
  // What is read and thrown away of a body that nobody wanted, before the connection is closed.
  std::size_t drain_bytes = 64 * 1024;

  std::chrono::milliseconds head_timeout{10'000};
  // Between two requests.
  std::chrono::milliseconds keep_alive_timeout{75'000};
  // Silence inside a request body.
  std::chrono::milliseconds body_idle_timeout{30'000};
  // A client that takes no byte of its answer for so long is given up.
  std::chrono::milliseconds write_stall_timeout{120'000};

  // One more is told that there are too many, and closed; under TLS just closed.
  std::size_t connections = 8192;
  // In place of `connections`, for all servers together that have the same ones. They outlive the servers.
  ConnectionPlaces* shared_places = nullptr;
  // What the request bodies of all servers that have it may hold together; null: no bound but each body's own. Outlives
  // the bodies. A length that a client announces takes nothing of it: only bytes that have come do.
  ByteBudget* body_budget = nullptr;
};

}  // namespace balancer::http
