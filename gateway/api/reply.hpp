// Answers that the gateway makes itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/http/exchange.hpp"
#include "gateway/failover/final_answer.hpp"

namespace balancer::gateway {

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kEventStreamType = "text/event-stream; charset=utf-8";

// Every answer's head starts with the request's name, under the two headers that the SDKs read (protocol.md 1.6).
[[nodiscard]] http::ResponseHead make_head(int status, std::string_view request_id);

// The Anthropic error envelope.
asio::awaitable<void> reply_error(http::Exchange& exchange, Error error);
// The envelope that both SDK families parse, for paths that belong to neither surface.
asio::awaitable<void> reply_shared_error(http::Exchange& exchange, Error error);

// What an answer says about the attempts behind it.
struct AttemptSummary {
  // The provider that was asked last, empty when none was; must live until the answer is out.
  std::string_view last_provider;
  std::size_t attempt_count = 0;
  // Whether the x-balancer-* headers are wanted.
  bool diagnostic_headers = true;
};
asio::awaitable<void> reply_final(http::Exchange& exchange, FinalAnswer answer, AttemptSummary summary);
// The last word to a client that reads its stream so slowly that the rest of it is no longer there.
asio::awaitable<void> end_lagging_stream(http::Exchange& exchange);
asio::awaitable<void> reply_json(http::Exchange& exchange, int status, std::string body);

}  // namespace balancer::gateway
