// "providers": whom requests may be sent to.
#pragma once

#include <filesystem>
#include <vector>

#include "common/config/yaml_map.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer::controlplane {

// Every named entry, also one with problems, so that routes naming it are not reported as well. In file order,
// names unique.
[[nodiscard]] std::vector<Provider> read_providers(YamlMap& root, const std::filesystem::path& folder);

}  // namespace balancer::controlplane
