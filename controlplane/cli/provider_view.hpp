// How providers are printed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

// NAME TYPE STATUS COOLDOWN IN-FLIGHT LATENCY FAILURES LAST-ERROR BASE-URL, and if wide LAST-FAILURE PROXY MODELS.
[[nodiscard]] Rendering providers_rendering(const v1::ListProvidersResponse& listing);

[[nodiscard]] nlohmann::ordered_json providers_json(const v1::ListProvidersResponse& listing);
[[nodiscard]] nlohmann::ordered_json provider_json(const v1::ProviderListing& provider);
// What of a provider changes by itself.
[[nodiscard]] nlohmann::ordered_json status_json(const v1::ProviderStatus& status);

// "healthy", "cooling", "healthy (2 models cooling)".
[[nodiscard]] std::string status_text(const v1::ProviderStatus& status);
// "3", or "3 of 10" when there is a limit.
[[nodiscard]] std::string in_flight_text(const v1::ProviderListing& provider);

}  // namespace balancer::controlplane::cli
