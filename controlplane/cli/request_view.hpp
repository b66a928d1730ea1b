// The latest requests as people and programs read them.
#pragma once

#include <string>

#include "balancer/controlplane/v1/admin.pb.h"
#include "controlplane/cli/rendering.hpp"

namespace balancer::controlplane::cli {

[[nodiscard]] Rendering requests_rendering(const v1::ListRequestsResponse& listing);
// What became of it, and why it went where it went.
[[nodiscard]] Rendering request_rendering(const v1::ObservedRequest& request);

// By its id, or by a beginning that no other has of it or of the one that the provider gave its answer. Null for nobody, and for several.
[[nodiscard]] const v1::ObservedRequest* find_request(const v1::ListRequestsResponse& listing, const std::string& id);

}  // namespace balancer::controlplane::cli
