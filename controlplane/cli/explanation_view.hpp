// How is printed why a request would go where it would go.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

// The route, the session if one was asked about, why nobody would serve if so, and a table of the targets: # (the order
// of the attempts), PROVIDER, MODEL, VERDICT.
[[nodiscard]] std::string explanation_text(const v1::ExplainRouteRequest& question,
                                           const v1::ExplainRouteResponse& explanation);
[[nodiscard]] Rendering explanation_rendering(const v1::ExplainRouteRequest& question,
                                              const v1::ExplainRouteResponse& explanation);

// The table alone.
[[nodiscard]] std::string targets_table(const v1::ExplainRouteResponse& explanation);

[[nodiscard]] nlohmann::ordered_json explanation_json(const v1::ExplainRouteResponse& explanation);

// The next request may be served in another order, which nobody knows before.
[[nodiscard]] bool is_order_random(const v1::ExplainRouteResponse& explanation);

}  // namespace balancer::controlplane::cli
