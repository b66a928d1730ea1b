// Demo answers in the Anthropic Messages format (protocol.md 3.1, 3.2, 4.1).
//
// `id` is made of letters, digits, '_' and '-'; the ids of the message and of its tool call are made from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "deploy/demo_provider/demo_answer.hpp"
#include "deploy/demo_provider/demo_request.hpp"

namespace balancer::demo {

[[nodiscard]] std::string anthropic_message(const DemoRequest& request, const DemoAnswer& answer, std::string_view id);

// The same as a stream: whole SSE events, in order, one delta a word and several for a tool's arguments.
[[nodiscard]] std::vector<std::string> anthropic_events(const DemoRequest& request, const DemoAnswer& answer,
                                                        std::string_view id);

}  // namespace balancer::demo
