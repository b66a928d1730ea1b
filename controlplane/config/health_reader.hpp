// The "unhealthy_*" settings and "failure_cooldown".
#pragma once

#include "common/config/yaml_map.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

// A body pattern that RE2 refuses is kept as plain text, with a warning.
[[nodiscard]] HealthSettings read_health(YamlMap& settings);

}  // namespace balancer::controlplane
