// What operators are shown, as protobuf messages: never a credential.
#pragma once

#include <string_view>
#include <vector>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/cache/cache_stats.hpp"
#include "controlplane/config/config.hpp"
#include "controlplane/config/config_problem.hpp"
#include "controlplane/domain/reload_history.hpp"
#include "controlplane/domain/route_explanation.hpp"
#include "controlplane/health/provider_status.hpp"

namespace balancer::controlplane {

// A provider without a status, which a reload has just brought, is listed without one.
[[nodiscard]] v1::ListProvidersResponse encode_listing(const Snapshot& snapshot,
                                                       const std::vector<ProviderStatus>& statuses);

[[nodiscard]] v1::ConfigProblem encode(const ConfigProblem& problem);

[[nodiscard]] v1::ReloadResult encode(const LastReload& reload);

// Without `document`.
[[nodiscard]] v1::GetConfigResponse encode_routes(const Snapshot& snapshot);

[[nodiscard]] v1::GetCacheStatsResponse encode(const CacheStats& stats);

// `model` is the one that was asked about; a target's last error is found in `statuses`.
[[nodiscard]] v1::ExplainRouteResponse encode(const RouteExplanation& explanation, std::string_view model,
                                              const std::vector<ProviderStatus>& statuses);

}  // namespace balancer::controlplane
