// The parts of a request that the demo answer depends on, whatever its dialect.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace balancer::demo {

struct ToolCall {
  std::string name;
  // The text of a JSON object.
  std::string arguments;
};

// What was said last, since the model's last words.
struct LastTurn {
  enum class Speaker {
    kUser,
    // At least one tool's result, alone or with words of the user.
    kTool,
    // Nothing new.
    kNobody,
  };
  Speaker speaker = Speaker::kNobody;
  // A tool's result, the last if there are several; else the last text that the user wrote, empty when there is none.
  std::string text;
};

struct DemoRequest {
  std::string model;
  LastTurn last_turn;
  // One for each tool that the client offers to run and permits to call, in its order.
  std::vector<ToolCall> possible_calls;
  bool wants_thinking = false;
  bool stream = false;
  // Whether a Chat Completions stream is to end with a chunk that has the usage.
  bool stream_usage = false;
  std::size_t body_bytes = 0;
};

}  // namespace balancer::demo
