// One attempt at one provider: sends the request, reads the answer, delivers it if it can be delivered. The provider's
// type decides how: passed through (passthrough_attempt) or converted (converted_attempt).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/exchange.hpp"
#include "common/routing/cache_outcome.hpp"
#include "gateway/api/dependencies.hpp"
#include "gateway/dialect/anthropic_stream_tee.hpp"
#include "gateway/dialect/messages_request.hpp"
#include "gateway/dialect/openai_error/openai_anthropic_error.hpp"
#include "gateway/dialect/openai_request/conversion.hpp"
#include "gateway/telemetry/request_record.hpp"
#include "gateway/upstream/upstream_outcome.hpp"

namespace balancer::gateway {

// Which attempt it is.
struct AttemptTarget {
  const Provider& provider;
  // The name that the provider is asked for.
  std::string upstream_model;
  // Counts from 1.
  unsigned attempt_number = 1;
  // An answer without any content is delivered too: there is nobody left who could do better.
  bool empty_answer_will_do = true;
  // Of the anthropic type: the history goes without its thinking blocks, which another signature domain made
  // (thinking_move.hpp).
  bool remove_thinking = false;
  // Called, if set, when the answer's stream has begun well and goes to the client: long before its end, perhaps.
  std::function<void()> on_answering{};
  // Its span, where traces are taken.
  std::optional<tracing::SpanId> span{};
};

// A client request on its way to providers. The references outlive every attempt.
struct ForwardedRequest {
  http::Exchange& exchange;
  RequestRecord& record;
  const Snapshot& snapshot;
  const MessagesRequest& message;
  // Decoded; `message` was scanned from it. Followed by at least 64 readable bytes. Until `release_body` is called.
  std::string_view body;
  // "/v1/messages" or "/v1/messages/count_tokens".
  std::string_view path;
  // Until the answer is committed to one provider.
  TimerWheel::TimePoint deadline;
  std::chrono::milliseconds first_byte_timeout;
  // What routing knows the client's session by; empty for none.
  std::string_view session_key = {};
  // What the answer says of the cache; nothing for requests that it has no business with.
  std::optional<CacheOutcome> cache_outcome = std::nullopt;
  // Told before each attempt which one it is; may be empty.
  std::function<void(const AttemptTarget&)> on_attempt{};
  // Gives back the body's memory when a stream has begun that needs it no more: bodies are large, and streams long. May be
  // empty.
  std::function<void()> release_body{};
};

// The traceparent that the provider is sent in place of the client's; empty for the client's own.
[[nodiscard]] std::string traceparent_for(const ForwardedRequest& request, const AttemptTarget& target);

// Which of the client's credentials the provider does not get although it gets the client's own; empty for none.
[[nodiscard]] std::string_view withheld_field(const ForwardedRequest& request, const AttemptTarget& target);

// A provider's answer that went to nobody yet.
struct KeptAnswer {
  http::ResponseHead head;
  std::string body;
};

struct AttemptEnd {
  UpstreamOutcome outcome;
  // The request cannot be put to this provider: nothing was sent, and nothing else here counts.
  std::optional<ConversionRefusal> refusal;
  // The answer was made without asking the provider.
  bool answered_here = false;
  // Something reached the client: there is nothing more to try.
  bool delivered = false;
  // The provider answered, but had nothing to say.
  bool empty_answer = false;
  // The error that the provider answered with, fit to be handed on as it is.
  std::optional<KeptAnswer> answer;
  // The same error, for a client whose stream had begun.
  std::optional<ClientError> told;
  // What the provider calls its answer; empty when it has no name for it.
  std::string upstream_request_id;
  TokenUsage usage;
  std::optional<std::chrono::microseconds> time_to_first_byte;
  std::chrono::microseconds total_time{0};
  std::uint64_t response_byte_count = 0;
};

asio::awaitable<AttemptEnd> attempt_provider(const ForwardedRequest& request, const AttemptTarget& target,
                                             Dependencies& deps);

}  // namespace balancer::gateway
