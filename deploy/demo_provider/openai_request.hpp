// Chat Completions requests (protocol.md 2.8, 2.10) as the demo provider understands them.
#pragma once

#include <string_view>

#include "common/error/error.hpp"
#include "deploy/demo_provider/demo_request.hpp"

namespace balancer::demo {

// kInvalidRequest when the body is no Chat Completions request. Thinking is asked for by reasoning_effort,
// {"thinking":{"type":"enabled"}} or a "reasoning" object that does not turn it off.
[[nodiscard]] Result<DemoRequest> read_openai_request(std::string_view body);

}  // namespace balancer::demo
