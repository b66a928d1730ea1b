// What goes on right now, on one screen: traffic, providers by load, gateways.
#pragma once

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] Rendering top_rendering(const v1::GetTrafficResponse& traffic, const v1::ListProvidersResponse& providers,
                                      const v1::GetServerInfoResponse& info);

}  // namespace balancer::controlplane::cli
