// Keys of the reference's configuration files that have no meaning here (seed-compat section 1): they load with one
// warning each, so that a file can be taken over as it stands.
#pragma once

#include "common/config/yaml_map.hpp"

namespace balancer::controlplane {

void ignore_unsupported_provider_keys(YamlMap& provider);
void ignore_unsupported_target_keys(YamlMap& target);
void ignore_unsupported_timeout_keys(YamlMap& timeouts_of_one_kind);
void ignore_unsupported_settings(YamlMap& settings);

}  // namespace balancer::controlplane
