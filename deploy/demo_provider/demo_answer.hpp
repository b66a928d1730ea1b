// What the demo provider says, whatever the dialect. The same request always has the same answer.
#pragma once

#include <optional>
#include <string>

#include "deploy/demo_provider/demo_request.hpp"

namespace balancer::demo {

struct DemoAnswer {
  // Empty unless the request wants thinking.
  std::string thinking;
  std::string text;
  // Comes behind the text.
  std::optional<ToolCall> tool_call;
};

// Calls a tool when the user names one that may be called, or writes the word "tool", which means the first; quotes the
// result when a tool had the last word; else says what it is and repeats what the user wrote.
[[nodiscard]] DemoAnswer decide_answer(const DemoRequest& request);

}  // namespace balancer::demo
