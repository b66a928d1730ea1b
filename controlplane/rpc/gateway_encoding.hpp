// What gateways tell of themselves, between protobuf and the domain.
#pragma once

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/domain/connected_gateways.hpp"

namespace balancer::controlplane {

[[nodiscard]] GatewayIdentity decode(const v1::GatewayIdentity& identity);
// Counts are brought into bounds, whatever the peer wrote.
[[nodiscard]] GatewayCondition decode(const v1::GatewayCondition& condition);

[[nodiscard]] v1::ConnectedGateway encode(const ConnectedGateway& gateway);

}  // namespace balancer::controlplane
