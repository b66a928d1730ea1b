// How an answer ended, in Anthropic's terms (protocol.md 3.3).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "gateway/dialect/openai_response/anthropic_events.hpp"
#include "gateway/dialect/openai_response/finish_reason.hpp"

namespace balancer::gateway {

struct ChatEnd {
  FinishReason finish_reason = FinishReason::kStop;
  // The stop that the server says it met, decoded.
  std::optional<std::string> matched_stop;
  // Raw text of what the model refused with; empty when it did not.
  std::string refusal;
  bool wrote_tool = false;
  AnthropicUsage usage;
};

// `stop_sequences` are the request's.
[[nodiscard]] AnthropicEnding chat_ending(const ChatEnd& end, std::span<const std::string> stop_sequences);

}  // namespace balancer::gateway
