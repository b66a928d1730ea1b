// One keep-alive connection of the mock provider, without the socket: request bytes in, answer bytes out.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tests/bench/mock_answers.hpp"

namespace balancer::bench {

// Answers every request with the same 2 kB message or, if its body asks for a stream, with an SSE stream in
// HTTP chunks, one chunk a text event; in OpenAI's dialect where the path is Chat Completions'. The model's name says
// what the stream is like, because it reaches every provider: "events=200 pace_us=5000" in it is 200 text deltas, 5 ms
// apart; without pace_us as fast as the reader reads.
//
// Made to cost next to nothing: bodies are discarded by Content-Length (the only framing it knows), nothing is
// parsed. Its peers are the load run's own. No pipelining.
class MockConversation {
 public:
  using Clock = std::chrono::steady_clock;

  // False if the bytes are not a request that it can frame; the connection is to be closed.
  [[nodiscard]] bool feed(std::string_view bytes, Clock::time_point now);

  // When the next piece of the answer is due; nothing while no answer is owed.
  [[nodiscard]] std::optional<Clock::time_point> next_due() const;

  // The piece that is due, and moves on to the next. Only when next_due() is not later than `now`. The view
  // stays good until the next call.
  [[nodiscard]] std::string_view take_piece(Clock::time_point now);

 private:
  enum class State { kHead, kBody, kWhole, kStream };

  void keep_edges(std::string_view body);
  void begin_answer(Clock::time_point now);

  State state_ = State::kHead;
  std::string head_;
  const MockAnswers* answers_ = nullptr;  // in the dialect of the request
  std::string beginning_;                 // of the body
  std::string tail_;                      // of the body
  std::size_t body_left_ = 0;
  int events_left_ = 0;
  bool stream_begun_ = false;
  std::chrono::microseconds pace_{0};
  Clock::time_point due_{};
};

}  // namespace balancer::bench
