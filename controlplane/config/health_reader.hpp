// The "unhealthy_*" settings and "failure_cooldown".
#pragma once

#include "common/config/yaml_map.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

[[nodiscard]] HealthSettings read_health(YamlMap& settings);

// Exception patterns are plain text; so is, with a warning, a body pattern that RE2 refuses.
[[nodiscard]] UnhealthySigns read_unhealthy_signs(YamlMap& settings);

}  // namespace balancer::controlplane
