// The models that the demo provider lists (protocol.md 7); it answers for any other name, too.
#pragma once

#include <string>

namespace balancer::demo {

// The body of GET /v1/models, for both dialects.
[[nodiscard]] std::string demo_models();

}  // namespace balancer::demo
