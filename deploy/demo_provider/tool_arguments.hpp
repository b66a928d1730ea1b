// Arguments for a tool, made up from its JSON schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace balancer::demo {

// The text of an object with the required properties: the schema's constant or first permitted value if that is no
// list or object, else "demo", 1, true, [], {} or null by type. Looks no deeper than the properties.
[[nodiscard]] std::string demo_arguments(const nlohmann::json& schema);

}  // namespace balancer::demo
