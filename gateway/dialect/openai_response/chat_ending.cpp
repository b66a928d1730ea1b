#include "gateway/dialect/openai_response/chat_ending.hpp"

#include <algorithm>
#include <utility>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

AnthropicEnding refused(AnthropicEnding ending, std::string explanation) {
  repair_lone_surrogates(explanation);
  ending.stop_reason = "refusal";
  ending.refusal_explanation = std::move(explanation);
  return ending;
}

}  // namespace

AnthropicEnding chat_ending(const ChatEnd& end, std::span<const std::string> stop_sequences) {
  AnthropicEnding ending{
      .stop_reason = "end_turn", .stop_sequence = {}, .refusal_explanation = {}, .usage = end.usage};
  switch (end.finish_reason) {
    case FinishReason::kLength:
      ending.stop_reason = "max_tokens";
      return ending;
    case FinishReason::kContextWindow:
      ending.stop_reason = "model_context_window_exceeded";
      return ending;
    case FinishReason::kFiltered:
      return refused(std::move(ending), end.refusal.empty() ? "content filtered by provider" : end.refusal);
    default:
      break;
  }
  if (end.wrote_tool) {
    ending.stop_reason = "tool_use";
    return ending;
  }
  if (!end.refusal.empty()) return refused(std::move(ending), end.refusal);
  const bool met_a_stop = end.matched_stop && std::find(stop_sequences.begin(), stop_sequences.end(),
                                                        *end.matched_stop) != stop_sequences.end();
  if (met_a_stop) {
    ending.stop_reason = "stop_sequence";
    ending.stop_sequence = escape(*end.matched_stop);
  }
  return ending;
}

}  // namespace balancer::gateway
