// Turns what the control plane sends about its configuration into our values. Trusts nothing: whatever could make the
// gateway misbehave later is an error here.
#pragma once

#include "balancer/controlplane/v1/config.pb.h"
#include "common/error/error.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/controlplane_client/provider_statuses.hpp"

namespace balancer::gateway {

namespace v1 = balancer::controlplane::v1;

// The error's message is the reason that the control plane is told; it never holds a credential. Absent durations and
// names keep Snapshot's own defaults.
[[nodiscard]] Result<Snapshot> decode_snapshot(const v1::Snapshot& message);

// Cooldowns are counted from `now`. A status with an unknown state is left out.
[[nodiscard]] ProviderStatuses decode_statuses(const google::protobuf::RepeatedPtrField<v1::ProviderStatus>& messages,
                                               ProviderStatuses::Scope scope,
                                               std::chrono::steady_clock::time_point now);

// The same again, for a control plane that does not know it.
void encode_status(const HeardStatus& status, std::chrono::steady_clock::time_point now,
                   controlplane::v1::ProviderStatus& message);

}  // namespace balancer::gateway
