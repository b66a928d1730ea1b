// How providers are printed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "balancer/controlplane/v1/admin.pb.h"

namespace balancer::controlplane::cli {

// NAME TYPE STATE COOLDOWN FAILURES LAST-ERROR BASE-URL
[[nodiscard]] std::string providers_table(const v1::ListProvidersResponse& listing);

[[nodiscard]] nlohmann::ordered_json providers_json(const v1::ListProvidersResponse& listing);

}  // namespace balancer::controlplane::cli
