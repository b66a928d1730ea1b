// Values that end up in HTTP headers.
#pragma once

#include <string>
#include <vector>

#include "common/config/yaml_map.hpp"

namespace balancer::controlplane {

// Visible ASCII without commas, as in a list-valued header; anything else is reported and left out.
[[nodiscard]] std::string read_header_value(YamlMap& map, const YamlKey& key);
[[nodiscard]] std::vector<std::string> read_header_tokens(YamlMap& map, const YamlKey& key);

}  // namespace balancer::controlplane
