// Token counts, for demonstration only.
#pragma once

#include <cstddef>

#include "deploy/demo_provider/demo_answer.hpp"
#include "deploy/demo_provider/demo_request.hpp"

namespace balancer::demo {

// One token for every four bytes of the request.
[[nodiscard]] std::size_t input_tokens(const DemoRequest& request);

// One token for every word and every piece of tool arguments; the output includes the thinking.
[[nodiscard]] std::size_t output_tokens(const DemoAnswer& answer);
[[nodiscard]] std::size_t thinking_tokens(const DemoAnswer& answer);

}  // namespace balancer::demo
