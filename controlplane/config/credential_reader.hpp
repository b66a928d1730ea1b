// Credentials in a configuration file: literal, from the environment (${NAME}), or from a file ("file:PATH").
#pragma once

#include <optional>

#include "common/config/secret.hpp"
#include "common/config/yaml_value.hpp"
#include "controlplane/config/config_file.hpp"

namespace balancer::controlplane {

// The trailing line ends of the file at PATH are dropped. That others than the owner can read what holds the
// credential, be it the configuration or the file at PATH, is warned of. Absent, with a problem that never repeats the
// credential, when it cannot be had or could not stand in an HTTP header.
[[nodiscard]] std::optional<Secret> read_credential(const YamlValue& value, const ConfigFile& file);

// Warns of a secret in `value`, if it is written there, that others than the file's owner can read.
void warn_of_readers(const YamlValue& value, const ConfigFile& file);

}  // namespace balancer::controlplane
