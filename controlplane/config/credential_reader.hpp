// Credentials in a configuration file: literal, from the environment (${NAME}), or from a file ("file:PATH").
#pragma once

#include <filesystem>
#include <optional>

#include "common/config/secret.hpp"
#include "common/config/yaml_value.hpp"

namespace balancer::controlplane {

// A relative PATH starts at `folder`; the file's trailing line ends are dropped, and others than its owner being
// able to read it is warned of. Absent, with a problem that never repeats the credential, when it cannot be had or
// could not stand in an HTTP header.
[[nodiscard]] std::optional<Secret> read_credential(const YamlValue& value, const std::filesystem::path& folder);

}  // namespace balancer::controlplane
