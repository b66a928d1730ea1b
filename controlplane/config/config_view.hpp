// A configuration as people may see it: every setting with its value in force, under the names of the file, and never a
// credential.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

// What stands for a credential that is set; one that is not is null.
inline constexpr const char* kHiddenSecret = "<secret>";

// Reads like the file, with defaults filled in and older names replaced. The switches of converted providers are only
// those that differ from the defaults, presets included.
[[nodiscard]] nlohmann::ordered_json config_view(const Config& config);

}  // namespace balancer::controlplane
