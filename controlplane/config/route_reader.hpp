// "model_routes" and "selection_strategy": which providers serve which model.
#pragma once

#include <vector>

#include "common/config/yaml_map.hpp"
#include "common/routing/routing_table.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer::controlplane {

// In file order, which decides between patterns.
[[nodiscard]] std::vector<routing::Route> read_routes(YamlMap& root, const std::vector<Provider>& providers);

[[nodiscard]] routing::SelectionStrategy read_selection_strategy(YamlMap& settings);

}  // namespace balancer::controlplane
