// "providers": whom requests may be sent to.
#pragma once

#include <vector>

#include "common/config/yaml_map.hpp"
#include "common/snapshot/provider.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/config/config_file.hpp"

namespace balancer::controlplane {

struct ConfiguredProviders {
  // Every named entry, also one with problems, so that routes naming it are not reported as well. In file order,
  // names unique.
  std::vector<Provider> providers;
  // Of those that have one.
  std::vector<HealthCheck> health_checks;
};

[[nodiscard]] ConfiguredProviders read_providers(YamlMap& root, const ConfigFile& file);

}  // namespace balancer::controlplane
