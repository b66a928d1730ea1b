// Demo answers in the Chat Completions format (protocol.md 3.7, 4.6), and its errors (5.1).
//
// `id` is made of letters, digits, '_' and '-'; the ids of the completion and of its tool call are made from it. The
// time of creation is always 0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/error/error.hpp"
#include "deploy/demo_provider/demo_answer.hpp"
#include "deploy/demo_provider/demo_request.hpp"

namespace balancer::demo {

[[nodiscard]] std::string openai_completion(const DemoRequest& request, const DemoAnswer& answer, std::string_view id);

// The same as a stream: whole SSE events, "[DONE]" included, in order, one delta a word and several for a tool's
// arguments.
[[nodiscard]] std::vector<std::string> openai_chunks(const DemoRequest& request, const DemoAnswer& answer,
                                                     std::string_view id);

[[nodiscard]] std::string openai_error_body(const Error& error);

}  // namespace balancer::demo
