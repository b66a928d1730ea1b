// The connected gateways as people and programs read them.
#pragma once

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] Rendering gateways_rendering(const v1::GetServerInfoResponse& info);
[[nodiscard]] Rendering gateway_rendering(const v1::ConnectedGateway& gateway, std::uint64_t newest_version);

// By its id, or by a beginning of its id or host name that no other has. Null for nobody, and for several.
[[nodiscard]] const v1::ConnectedGateway* find_gateway(const v1::GetServerInfoResponse& info, const std::string& name);

// "in rotation", "draining (3 open)", "drained".
[[nodiscard]] std::string rotation_text(const v1::ConnectedGateway& gateway);

}  // namespace balancer::controlplane::cli
