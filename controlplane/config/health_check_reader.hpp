// "health_check" of a provider.
#pragma once

#include <optional>

#include "common/config/yaml_map.hpp"
#include "common/snapshot/provider.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

// Nothing when the key is absent, or when what it says cannot be done; that is reported. `map` is the provider's
// mapping, `provider` what else it says.
[[nodiscard]] std::optional<HealthCheck> read_health_check(YamlMap& map, const Provider& provider);

}  // namespace balancer::controlplane
