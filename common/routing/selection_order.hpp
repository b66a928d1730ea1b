// The order in which usable targets are tried.
#pragma once

#include <span>

#include "common/routing/attempt_plan.hpp"

namespace balancer::routing {

// `targets` are sorted by priority. Those that warm up go behind the others.
void order_targets(std::span<JudgedTarget> targets, SelectionStrategy strategy, const Selection& selection);

}  // namespace balancer::routing
