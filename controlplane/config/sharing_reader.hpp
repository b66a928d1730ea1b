// Reads how requests share answers, and what is kept of these (seed-compat section 1, "deduplication", "max_cache_size").
#pragma once

#include "common/config/yaml_map.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

// Into config.cache and config.snapshot.response_sharing. `caching_timeouts` is settings.timeouts.caching.
void read_sharing(YamlMap& settings, YamlMap& caching_timeouts, Config& config);

}  // namespace balancer::controlplane
