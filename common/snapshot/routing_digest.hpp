// A name for "who may answer what": equal for snapshots that route alike.
#pragma once

#include "common/digest/sha256.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer {

// Over the routes (patterns, targets with their models, order and availability) and what is asked of their providers
// (name, type, address, version and betas, conversion switches), not over credentials, timeouts or strategies: answers that were made
// before a change of these remain good.
[[nodiscard]] Sha256Digest routing_digest(const Snapshot& snapshot);

}  // namespace balancer
