// One of the latest requests, as the page's JSON has it: where it went, why, and how it was.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "controlplane/domain/recent_requests.hpp"

namespace balancer::controlplane {

[[nodiscard]] nlohmann::ordered_json request_view(const ObservedRequest& request);

}  // namespace balancer::controlplane
