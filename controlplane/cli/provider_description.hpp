// How one provider is described at length.
#pragma once

#include <string>

#include "balancer/controlplane/v1/admin.pb.h"

namespace balancer::controlplane::cli {

// Null when nobody is named so.
[[nodiscard]] const v1::ProviderListing* find_provider(const v1::ListProvidersResponse& listing,
                                                       const std::string& name);

// A line for each thing that is known, then tables of its models and of those that cool.
[[nodiscard]] std::string describe(const v1::ProviderListing& provider);

}  // namespace balancer::controlplane::cli
