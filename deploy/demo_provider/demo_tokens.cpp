#include "deploy/demo_provider/demo_tokens.hpp"

#include "deploy/demo_provider/answer_pieces.hpp"

namespace balancer::demo {

std::size_t input_tokens(const DemoRequest& request) { return request.body_bytes / 4 + 1; }

std::size_t output_tokens(const DemoAnswer& answer) {
  const std::size_t call_tokens = answer.tool_call ? argument_pieces(answer.tool_call->arguments).size() : 0;
  return thinking_tokens(answer) + words_of(answer.text).size() + call_tokens;
}

std::size_t thinking_tokens(const DemoAnswer& answer) { return words_of(answer.thinking).size(); }

}  // namespace balancer::demo
