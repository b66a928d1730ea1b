// "settings": everything but providers and routes.
#pragma once

#include "common/config/yaml_map.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/config/config_file.hpp"

namespace balancer::controlplane {

// A configuration with these settings, and without providers and routes.
[[nodiscard]] Config read_settings(YamlMap settings, const ConfigFile& file);

}  // namespace balancer::controlplane
