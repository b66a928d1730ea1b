// "timeouts" and "timeout_seconds" (protocol.md 5.5).
#pragma once

#include "common/config/yaml_map.hpp"
#include "common/snapshot/snapshot.hpp"

namespace balancer::controlplane {

// `timeouts` is the mapping of that name, `settings` the one around it. The reference's read_timeout, the longest
// silence of a provider, bounds the wait for the first byte and, in streams, the wait between bytes.
[[nodiscard]] Timeouts read_timeouts(YamlMap& settings, YamlMap& timeouts);

}  // namespace balancer::controlplane
