// Routing's choices and refusals by the names that the configuration file, metrics and people have for them.
#pragma once

#include <string_view>

#include "common/routing/attempt_plan.hpp"
#include "common/routing/routing_table.hpp"

namespace balancer::routing {

[[nodiscard]] constexpr std::string_view to_string(SelectionStrategy strategy) {
  switch (strategy) {
    case SelectionStrategy::kPriority: return "priority";
    case SelectionStrategy::kRoundRobin: return "round_robin";
    case SelectionStrategy::kRandom: return "random";
    case SelectionStrategy::kWeighted: return "weighted";
    case SelectionStrategy::kLeastLatency: return "least_latency";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view to_string(RejectionReason reason) {
  switch (reason) {
    case RejectionReason::kNoRoute: return "no_route";
    case RejectionReason::kUnknownProvider: return "unknown_provider";
    case RejectionReason::kNoProvider: return "no_provider";
    case RejectionReason::kAllCooling: return "all_cooling";
    case RejectionReason::kAllBusy: return "all_busy";
  }
  return "";
}

}  // namespace balancer::routing
