// A YAML file as editors see it when they hold it against a JSON Schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace balancer::controlplane {

// By the core schema of YAML 1.2: plain scalars are null, booleans, numbers or texts by their looks, quoted ones are
// texts. "<<" merges are resolved. Throws what yaml-cpp throws for text that is no YAML.
[[nodiscard]] nlohmann::json read_as_editor(const std::string& yaml);

}  // namespace balancer::controlplane
