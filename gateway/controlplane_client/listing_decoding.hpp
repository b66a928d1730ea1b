// What AdminService answers, as values.
#pragma once

#include "balancer/controlplane/v1/admin.pb.h"
#include "gateway/controlplane_client/provider_listing.hpp"

namespace balancer::gateway {

[[nodiscard]] ProviderListing decode_listing(const controlplane::v1::ListProvidersResponse& message);
[[nodiscard]] ReloadResult decode_reload_result(const controlplane::v1::ReloadConfigResponse& message);

}  // namespace balancer::gateway
