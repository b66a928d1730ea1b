// Reads a provider's conversion switches (protocol.md appendix A).
#pragma once

#include "common/config/yaml_map.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer::controlplane {

// The preset of the provider's host, and over it what the file says.
[[nodiscard]] ConversionSettings read_conversion(YamlMap& provider, const ProviderUrl& url);

// Switches on a provider whose requests are not converted are errors.
void refuse_conversion(YamlMap& provider);

// A key that is an error here though it is known elsewhere.
void refuse_key(YamlMap& map, std::string_view key, std::string_view message);

}  // namespace balancer::controlplane
