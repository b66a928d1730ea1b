// What a finished Anthropic answer came to: whether it is whole, how it ended, what it cost.
#pragma once

#include <string>
#include <string_view>

#include "gateway/dialect/anthropic_stream_tee.hpp"

namespace balancer::gateway {

struct AnswerSummary {
  // The provider said its last word and it was no error: message_stop was seen, or the document is a message with a
  // stop_reason.
  bool complete = false;
  // Empty when it is not complete.
  std::string stop_reason;
  TokenUsage usage;
};

// Of all bytes of a stream.
[[nodiscard]] AnswerSummary summarize_events(std::string_view events);
// Of a document.
[[nodiscard]] AnswerSummary summarize_message(std::string_view message);

// Whether the answer may be stored and given to later requests: complete, and ended by end_turn, stop_sequence or tool_use
// (or, if `truncated_too`, by max_tokens). A refusal, a paused turn, an overflown context window and reasons that nobody
// here knows are not for others.
[[nodiscard]] bool is_cacheable(const AnswerSummary& summary, bool truncated_too);

// Whether it answers a request for at most `max_tokens` output tokens that was not the one it was made for: it was not cut
// short by max_tokens and is not longer. 0 for no limit.
[[nodiscard]] bool fits(const AnswerSummary& summary, std::int64_t max_tokens);

}  // namespace balancer::gateway
