// Messages requests (protocol.md 2.2, 2.5, 2.6) as the demo provider understands them.
#pragma once

#include <string_view>

#include "common/error/error.hpp"
#include "deploy/demo_provider/demo_request.hpp"

namespace balancer::demo {

// kInvalidRequest when the body is no Messages request. Tools without an input_schema are the server's own: this one
// has none.
[[nodiscard]] Result<DemoRequest> read_anthropic_request(std::string_view body);

}  // namespace balancer::demo
