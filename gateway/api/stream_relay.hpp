// Carries an Anthropic event stream from a provider to the client, byte for byte (protocol.md 1.9, 4.5).
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "common/http/exchange.hpp"
#include "common/snapshot/snapshot.hpp"
#include "common/upstream/upstream_call.hpp"
#include "gateway/api/content_clock.hpp"
#include "gateway/dialect/anthropic_stream_tee.hpp"
#include "gateway/upstream/upstream_outcome.hpp"

namespace balancer::gateway {

struct StreamRelaySettings {
  // A committed stream silent for so long gets a ping between two events.
  std::chrono::milliseconds ping_interval;
  // A whole stream, from its commit.
  std::chrono::milliseconds stream_total;
  // Between two events that carry content.
  std::chrono::milliseconds content_idle;
  // Called at the commit; may be empty.
  std::function<void()> on_commit{};
};

[[nodiscard]] StreamRelaySettings stream_settings(const Snapshot& snapshot, std::function<void()> on_commit);

struct StreamEnd {
  UpstreamOutcome outcome;
  // The client got the head: what went wrong afterwards it learned from an error event.
  bool committed = false;
  TokenUsage usage;
};

// One relay for one answer whose head has been read. Nothing reaches the client before the commit: the first event
// that it can use, or two seconds after message_start. Until then a failure is returned, and another provider may
// be tried.
class StreamRelay {
 public:
  // `head` is what the client gets at the commit. The references outlive run().
  StreamRelay(http::Exchange& exchange, UpstreamCall& call, const http::ResponseHead& head, TimerWheel& wheel,
              StreamRelaySettings settings);

  asio::awaitable<StreamEnd> run();

 private:
  void arm_timers();
  void disarm_timers();
  // False when they cannot be followed any further.
  bool follow(std::string_view bytes);
  void commit();
  void ping();
  void limit_rest_of_stream();
  // The commit that did not wait for a substantive event.
  void commit_late();
  asio::awaitable<StreamEnd> end_of_input();
  asio::awaitable<StreamEnd> broken(UpstreamFailure failure);
  asio::awaitable<void> finish_with_error(std::string_view type, std::string_view message);
  [[nodiscard]] StreamEnd ended(UpstreamOutcome outcome) const;
  // The provider ended its message, or said itself that it failed: nothing of ours may follow.
  [[nodiscard]] bool said_last_word() const;
  // What a stream that was not cut came to.
  [[nodiscard]] UpstreamOutcome verdict() const;

  http::Exchange& exchange_;
  UpstreamCall& call_;
  const http::ResponseHead& head_;
  TimerWheel& wheel_;
  const StreamRelaySettings settings_;
  // The provider compressed although it was asked not to: bytes pass, unread.
  const bool opaque_;
  AnthropicStreamTee tee_;
  ContentClock content_clock_;
  std::string held_;
  bool committed_ = false;
  bool rest_limited_ = false;
  std::optional<TimerWheel::TimePoint> commit_due_;
  TimerWheel::Timer commit_timer_;
  TimerWheel::Timer ping_timer_;
};

}  // namespace balancer::gateway
