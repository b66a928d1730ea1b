// "auth": who may use the balancer (protocol.md 1.2, 1.8).
#pragma once

#include "common/config/yaml_map.hpp"
#include "common/snapshot/snapshot.hpp"
#include "controlplane/config/config_file.hpp"

namespace balancer::controlplane {

// Keys are kept as digests. Giving keys enables authentication unless "enabled" says otherwise; enabling it without
// a key is an error.
[[nodiscard]] ClientAuthentication read_authentication(YamlMap auth, const ConfigFile& file);

}  // namespace balancer::controlplane
