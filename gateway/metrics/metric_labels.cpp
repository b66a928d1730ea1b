#include "gateway/metrics/metric_labels.hpp"

namespace balancer::gateway {

std::string_view model_label(std::string_view model, std::string_view route, const Snapshot& snapshot) {
  for (const routing::Route& known : snapshot.routing.routes) {
    if (known.pattern == model) return known.pattern;
    for (const routing::RouteTarget& target : known.targets) {
      if (target.upstream_model == model) return target.upstream_model;
    }
  }
  return route.empty() ? kOtherLabel : route;
}

}  // namespace balancer::gateway
