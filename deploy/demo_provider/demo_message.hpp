// What the demo provider says, in the Anthropic Messages format (protocol.md 3.1, 4.1). No I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/error/error.hpp"

namespace balancer::demo {

// The parts of a Messages request that the demo answer depends on.
struct DemoRequest {
  std::string model;
  // The last text that the user wrote; empty when there is none.
  std::string last_user_text;
  bool stream = false;
  std::size_t body_bytes = 0;
};

// kInvalidRequest when the body is no Messages request.
[[nodiscard]] Result<DemoRequest> read_demo_request(std::string_view body);

// A rough count, for demonstration only: one token for every four bytes of the request.
[[nodiscard]] std::size_t rough_token_count(const DemoRequest& request);

// The answer in one piece.
[[nodiscard]] std::string demo_message(const DemoRequest& request, std::string_view message_id);

// The same answer as a stream: whole SSE events, in order, one text delta a word.
[[nodiscard]] std::vector<std::string> demo_events(const DemoRequest& request, std::string_view message_id);

// The body of GET /v1/models.
[[nodiscard]] std::string demo_models();

}  // namespace balancer::demo
