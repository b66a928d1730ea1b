// What the clients of a background load ask, and how they judge what they hear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/fakes/http_response.hpp"

namespace balancer::integration {

// The body of a POST /v1/messages. No two numbers ask the same, so that no answer is shared.
[[nodiscard]] std::string load_question(std::size_t number, bool streaming, std::string_view model = "claude-test");

// What is wrong with an answer, in words; empty when nothing is: a 200 with all of its document, or all of its stream.
[[nodiscard]] std::string fault_of(const fakes::HttpResponse& response, bool streaming);

}  // namespace balancer::integration
