// Label values for what others choose freely: from closed sets, whatever they say.
#pragma once

#include <string_view>

#include "common/snapshot/snapshot.hpp"

namespace balancer::gateway {

inline constexpr std::string_view kOtherLabel = "other";

// A model's own name if the configuration writes it down, as a route or as a target; else the pattern of the route that
// served it, if one did; else kOtherLabel. The result is of the snapshot, of `route`, or a constant.
[[nodiscard]] std::string_view model_label(std::string_view model, std::string_view route, const Snapshot& snapshot);

}  // namespace balancer::gateway
