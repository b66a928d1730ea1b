// The JSON Schema of the configuration file: what an editor needs to complete, explain and check it while it is written.
#pragma once

#include <string_view>

namespace balancer::controlplane {

// deploy/config/config.schema.json, byte for byte: one JSON document (draft 2020-12) with a line end.
//
// What load_config takes without an error conforms to it, and it refuses the keys that load_config does not know; its
// $comment names the exceptions. What conforms may still be refused when it is loaded: names of providers, variables
// and files are beyond a schema.
extern const std::string_view kConfigSchema;

}  // namespace balancer::controlplane
