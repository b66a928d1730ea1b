// The configuration in force as people and programs read it, and how a file differs from it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

// A YAML document as text.
[[nodiscard]] Rendering config_rendering(const v1::GetConfigResponse& config);
[[nodiscard]] Rendering routes_rendering(const v1::GetConfigResponse& config);

struct ConfigDifference {
  // "settings.failure_cooldown", "providers[Backup].base_url"
  std::string path;
  // As JSON; is_discarded() where the setting is missing.
  nlohmann::ordered_json before;
  nlohmann::ordered_json after;
};
// Setting by setting, in the order of `after`, then what it lacks. Providers are told apart by name. Credentials are
// hidden in both, and so are never different.
[[nodiscard]] std::vector<ConfigDifference> differences(const nlohmann::ordered_json& before,
                                                        const nlohmann::ordered_json& after);

// "~ settings.failure_cooldown: 30s -> 90s", a line each.
[[nodiscard]] Rendering differences_rendering(const std::vector<ConfigDifference>& differences);

}  // namespace balancer::controlplane::cli
