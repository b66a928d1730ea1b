// What operators are shown, as protobuf messages: never a credential.
#pragma once

#include <vector>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/domain/connected_gateways.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/config/config_problem.hpp"
#include "controlplane/health/provider_status.hpp"

namespace balancer::controlplane {

// A provider without a status, which a reload has just brought, is listed without one.
[[nodiscard]] v1::ListProvidersResponse encode_listing(const Snapshot& snapshot,
                                                       const std::vector<ProviderStatus>& statuses);

[[nodiscard]] v1::ConfigProblem encode(const ConfigProblem& problem);

[[nodiscard]] v1::ConnectedGateway encode(const ConnectedGateway& gateway);

}  // namespace balancer::controlplane
