// Watches an Anthropic event stream as it passes through: whether it may be committed to the client, whether it
// ended well, what it cost. Alters and delays nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/dialect/sse_decoder.hpp"

namespace balancer::gateway {

struct TokenUsage {
  // The sum of the next three.
  std::int64_t input_token_count = 0;
  std::int64_t uncached_input_token_count = 0;
  std::int64_t cache_creation_token_count = 0;
  std::int64_t cache_read_token_count = 0;
  std::int64_t output_token_count = 0;
};

class AnthropicStreamTee {
 public:
  // False when the stream cannot be followed any further (an event of absurd size).
  [[nodiscard]] bool feed(std::string_view bytes);
  // The stream has ended. A last event without its blank line counts when its data is whole.
  void finish();

  // A message_start was seen.
  [[nodiscard]] bool started() const { return started_; }
  // An event was seen that the client can use: anything but message_start, ping and error.
  [[nodiscard]] bool substantive() const { return substantive_; }
  // Events with content so far: all but pings and, after the first one, message_starts.
  [[nodiscard]] std::uint64_t content_events() const { return content_events_; }
  // An error event was seen; its type and message are the provider's.
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const std::string& error_type() const { return error_type_; }
  [[nodiscard]] const std::string& error_message() const { return error_message_; }
  // A message_stop was seen.
  [[nodiscard]] bool complete() const { return complete_; }
  // Here an event of ours may be put in.
  [[nodiscard]] bool at_boundary() const { return decoder_.at_boundary(); }
  [[nodiscard]] const TokenUsage& usage() const { return usage_; }

 private:
  void observe(const SseEvent& event);

  SseDecoder decoder_;
  std::uint64_t content_events_ = 0;
  bool started_ = false;
  bool substantive_ = false;
  bool failed_ = false;
  bool complete_ = false;
  std::string error_type_;
  std::string error_message_;
  TokenUsage usage_;
};

}  // namespace balancer::gateway
