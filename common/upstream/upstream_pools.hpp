// The connection pools of one I/O thread, one for each provider's endpoint.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/snapshot/snapshot.hpp"
#include "common/upstream/connection_pool.hpp"
#include "common/upstream/tls_contexts.hpp"

namespace balancer {

class Resolver;

// Stays on the wheel's thread. References outlive the object.
class UpstreamPools {
 public:
  UpstreamPools(TimerWheel& wheel, Resolver& resolver);

  // Made on first use. Valid until retain_only() drops it; calls that still run are not harmed by that.
  [[nodiscard]] ConnectionPool& pool_for(const Provider& provider);

  // Closes the idle connections to endpoints that the snapshot no longer names.
  void retain_only(const Snapshot& snapshot);
  // Closes every idle connection.
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    std::string provider;
    std::unique_ptr<ConnectionPool> pool;
  };

  TimerWheel& wheel_;
  Resolver& resolver_;
  TlsContexts tls_;
  std::vector<Entry> entries_;
};

}  // namespace balancer
