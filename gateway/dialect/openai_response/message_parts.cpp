#include "gateway/dialect/openai_response/message_parts.hpp"

#include <fmt/format.h>

#include <iterator>

namespace balancer::gateway {

void append_usage(std::string& out, const AnthropicUsage& usage) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"input_tokens":{},"cache_creation_input_tokens":{},"cache_read_input_tokens":{},"output_tokens":{})",
                 usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens,
                 usage.output_tokens);
  if (usage.thinking_tokens) {
    fmt::format_to(std::back_inserter(out), R"(,"output_tokens_details":{{"thinking_tokens":{}}})",
                   *usage.thinking_tokens);
  }
  out += '}';
}

void append_ending(std::string& out, const AnthropicEnding& ending) {
  out += R"("stop_reason":")";
  out += ending.stop_reason;
  out += R"(","stop_sequence":)";
  if (ending.stop_sequence) {
    out += '"';
    out += *ending.stop_sequence;
    out += '"';
  } else {
    out += "null";
  }
  if (!ending.refusal_explanation) return;
  out += R"(,"stop_details":{"type":"refusal","category":null,"explanation":")";
  out += *ending.refusal_explanation;
  out += "\"}";
}

}  // namespace balancer::gateway
