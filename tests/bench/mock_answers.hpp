// What the mock provider says, ready to be sent: the same words in both dialects.
#pragma once

#include <string>

namespace balancer::bench {

// Whole HTTP answers, or pieces of one in HTTP chunks.
struct MockAnswers {
  // An answer in one piece, with a body of 2 kB.
  std::string whole;
  // A stream: how it begins, one text event, how it ends.
  std::string stream_begin;
  std::string stream_delta;
  std::string stream_end;
};

// Of POST /v1/messages.
[[nodiscard]] const MockAnswers& anthropic_answers();
// Of POST /v1/chat/completions.
[[nodiscard]] const MockAnswers& chat_answers();

}  // namespace balancer::bench
