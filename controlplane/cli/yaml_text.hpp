// JSON values as YAML.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace balancer::controlplane::cli {

// A document in block style that reads back as the same values; ends with a line end.
[[nodiscard]] std::string yaml_text(const nlohmann::ordered_json& json);

}  // namespace balancer::controlplane::cli
