// One attempt at one provider: sends the request, reads the answer, delivers it if it can be delivered.
#pragma once

#include <optional>
#include <string>

#include "common/http/exchange.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/dialect/anthropic_stream_tee.hpp"
#include "gateway/dialect/messages_request.hpp"
#include "gateway/upstream/upstream_outcome.hpp"

namespace balancer::gateway {

// A client request on its way to providers. The references outlive every attempt.
struct ForwardedRequest {
  http::Exchange& exchange;
  const Snapshot& snapshot;
  const MessagesRequest& message;
  // Decoded; `message` was scanned from it.
  std::string_view body;
  // "/v1/messages" or "/v1/messages/count_tokens".
  std::string_view path;
  // Until the answer is committed to one provider.
  TimerWheel::TimePoint deadline;
  std::chrono::milliseconds first_byte_timeout;
};

// A provider's answer that went to nobody yet.
struct KeptAnswer {
  http::ResponseHead head;
  std::string body;
};

struct AttemptEnd {
  UpstreamOutcome outcome;
  // Something reached the client: there is nothing more to try.
  bool delivered = false;
  // The error that the provider answered with, fit to be handed on as it is.
  std::optional<KeptAnswer> answer;
  TokenUsage usage;
  std::optional<std::chrono::microseconds> time_to_first_byte;
  std::chrono::microseconds total_time{0};
  std::uint64_t response_byte_count = 0;
};

// `attempt_number` counts from 1. `upstream_model` is empty when the client's own name is passed through.
asio::awaitable<AttemptEnd> attempt_provider(const ForwardedRequest& request, const Provider& provider,
                                             const std::string& upstream_model, unsigned attempt_number,
                                             Dependencies& deps);

}  // namespace balancer::gateway
