// The configuration and the providers' health as protobuf messages.
#pragma once

#include "balancer/controlplane/v1/config.pb.h"
#include "common/snapshot/snapshot.hpp"
#include "controlplane/health/provider_status.hpp"

namespace balancer::controlplane {

// Holds credentials: for gateways only.
[[nodiscard]] v1::Snapshot encode(const Snapshot& snapshot);

[[nodiscard]] v1::ProviderStatus encode(const ProviderStatus& status);
// What a gateway remembers: cooldowns and the last errors.
[[nodiscard]] ProviderStatus decode(const v1::ProviderStatus& message);

[[nodiscard]] v1::ProviderType encode(ProviderType type);
[[nodiscard]] v1::SelectionStrategy encode(routing::SelectionStrategy strategy);

}  // namespace balancer::controlplane
