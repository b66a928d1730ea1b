// The contract's values by the names that the configuration file and the gateways have for them.
#pragma once

#include <string_view>

#include "balancer/controlplane/v1/admin.pb.h"

namespace balancer::controlplane::cli {

// "unknown" for what a newer control plane says.
[[nodiscard]] std::string_view type_name(v1::ProviderType type);
[[nodiscard]] std::string_view state_name(v1::ProviderState state);
[[nodiscard]] std::string_view strategy_name(v1::SelectionStrategy strategy);
[[nodiscard]] std::string_view verdict_name(v1::TargetVerdict verdict);
[[nodiscard]] std::string_view outcome_name(v1::AttemptOutcome outcome);
// Empty for what was never looked for.
[[nodiscard]] std::string_view cache_name(v1::CacheOutcome outcome);

}  // namespace balancer::controlplane::cli
