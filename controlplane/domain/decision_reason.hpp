// Why a request goes where it goes, in a few words for people.
#pragma once

#include <string>
#include <string_view>

#include "controlplane/domain/route_explanation.hpp"

namespace balancer::controlplane {

// `explanation` is of the same decision; `pinned_provider` is empty when the client insists on nobody.
[[nodiscard]] std::string decision_reason(const routing::RoutingDecision& decision, const RouteExplanation& explanation,
                                          std::string_view pinned_provider);

}  // namespace balancer::controlplane
