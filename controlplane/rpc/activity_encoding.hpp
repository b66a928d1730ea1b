// What goes on, as operators are shown it over gRPC.
#pragma once

#include <vector>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/domain/activity.hpp"
#include "controlplane/health/provider_status.hpp"

namespace balancer::controlplane {

// `statuses` says what speaks against a target now.
[[nodiscard]] v1::ObservedRequest encode(const ObservedRequest& request, const std::vector<ProviderStatus>& statuses);

[[nodiscard]] v1::GetTrafficResponse encode(const Traffic& traffic);

}  // namespace balancer::controlplane
