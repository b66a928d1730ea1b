// The response cache as people and programs read it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "balancer/controlplane/v1/admin.pb.h"

namespace balancer::controlplane::cli {

// One line a figure. Says how to turn a cache on that is off.
[[nodiscard]] std::string cache_text(const v1::GetCacheStatsResponse& stats);
[[nodiscard]] nlohmann::ordered_json cache_json(const v1::GetCacheStatsResponse& stats);

}  // namespace balancer::controlplane::cli
