// The control plane's own metrics: every name is declared here. What they say is read when they are asked for, so that
// nothing counts twice.
#pragma once

#include <functional>
#include <string>

#include "controlplane/cache/cache_stats.hpp"

namespace balancer::controlplane {

// Thread-safe if its sources are.
class ControlPlaneMetrics {
 public:
  struct Sources {
    std::function<CacheStats()> cache;
  };
  explicit ControlPlaneMetrics(Sources sources);

  // The text exposition format.
  [[nodiscard]] std::string exposition() const;

 private:
  const Sources sources_;
};

}  // namespace balancer::controlplane
