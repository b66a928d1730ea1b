// Carries a converted answer from a provider to the client as a stream of events (protocol.md 4.4, 4.5).
#pragma once

#include <string>

#include "common/async/timer_wheel.hpp"
#include "common/http/exchange.hpp"
#include "gateway/api/stream_relay.hpp"
#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"

namespace balancer::gateway {

// One relay for one answer whose head has been read. Nothing reaches the client before the commit: the first thing
// that the provider says, or the whole of an answer that says nothing.
class ConvertedRelay {
 public:
  enum class End {
    // The client has the whole answer.
    kDelivered,
    kClientGone,
    // The provider answered, but said nothing; nothing was sent.
    kEmptyAnswer,
    // stream.reply().failure() says why.
    kProviderFailed,
    // broken() says why.
    kBroken,
  };

  // `stream` writes to `writer`. The references outlive run().
  ConvertedRelay(http::Exchange& exchange, UpstreamCall& call, ChatStream& stream, AnthropicStreamWriter& writer,
                 TimerWheel& wheel, StreamRelaySettings settings);

  // Makes the client's head at the commit.
  using HeadMaker = std::function<http::ResponseHead()>;
  // Reads until the answer's end, and no further than the connection's reuse wants. After an end other than the first
  // two, a client that was committed to waits for finish_with_error().
  asio::awaitable<End> run(const HeadMaker& make_head, bool deliver_empty_answer);

  [[nodiscard]] bool committed() const { return committed_; }
  [[nodiscard]] const UpstreamFailure& broken() const { return broken_; }

  // An error event ends the client's stream.
  asio::awaitable<void> finish_with_error(std::string_view type, std::string_view message);

 private:
  asio::awaitable<End> read_answer(const HeadMaker& make_head, bool deliver_empty_answer);
  // Sends what the writer has. False when the client is gone.
  asio::awaitable<bool> send_output(const HeadMaker& make_head);
  asio::awaitable<void> drain();
  void arm_timers();
  void disarm_timers();
  void follow(std::string_view bytes);
  void limit_wait_for_usage();
  void ping();

  http::Exchange& exchange_;
  UpstreamCall& call_;
  ChatStream& stream_;
  AnthropicStreamWriter& writer_;
  TimerWheel& wheel_;
  const StreamRelaySettings settings_;
  ContentClock content_clock_;
  UpstreamFailure broken_{UpstreamFailureKind::kTruncated, {}, false};
  bool committed_ = false;
  bool end_was_said_ = false;
  TimerWheel::TimePoint ping_due_;
  TimerWheel::Timer ping_timer_;
};

}  // namespace balancer::gateway
