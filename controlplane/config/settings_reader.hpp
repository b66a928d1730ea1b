// "settings": everything but providers and routes.
#pragma once

#include <filesystem>

#include "common/config/yaml_map.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

// A configuration with these settings, and without providers and routes.
[[nodiscard]] Config read_settings(YamlMap settings, const std::filesystem::path& folder);

}  // namespace balancer::controlplane
