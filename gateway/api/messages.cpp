#include "gateway/api/messages.hpp"

#include <fmt/format.h>

#include "gateway/api/failover_run.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/http/content_decoding.hpp"

namespace balancer::gateway {
namespace {

using routing::RejectionReason;

// Of a request body, before and after decoding (protocol.md 1.5).
constexpr std::size_t kMaxBodyBytes = 32 * 1024 * 1024;
// Counting is a side question: clients wait for it before they go on (clients.md 5).
constexpr std::chrono::seconds kCountTimeout{3};
constexpr std::chrono::seconds kCountDeadline{8};

Error to_error(const routing::Rejection& rejection) {
  const bool missing = rejection.reason != RejectionReason::kNoProvider;
  return {missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable, rejection.message, {}};
}

asio::awaitable<Result<http::RequestBody>> receive_body(http::Exchange& exchange) {
  Result<http::RequestBody> body = co_await exchange.read_body(kMaxBodyBytes);
  if (!body) co_return body.error();
  co_return decode_content(std::move(*body), exchange.request().header("content-encoding"), kMaxBodyBytes);
}

// Candidates whose dialect this gateway speaks.
void keep_servable(routing::AttemptPlan& plan, const Snapshot& snapshot) {
  std::erase_if(plan.candidates, [&](const routing::Candidate& candidate) {
    return snapshot.providers[candidate.provider].type != ProviderType::kAnthropic;
  });
}

struct Forwarding {
  std::string_view path;
  std::chrono::milliseconds deadline;
  std::chrono::milliseconds streaming_first_byte;
  std::chrono::milliseconds non_streaming_first_byte;
};

asio::awaitable<void> forward(http::Exchange& exchange, const ClientIdentity& caller, const Snapshot& snapshot,
                              const Forwarding& forwarding, Dependencies& deps) {
  const TimerWheel::TimePoint deadline = deps.wheel.now() + forwarding.deadline;
  const Result<http::RequestBody> body = co_await receive_body(exchange);
  if (!body) co_return co_await reply_error(exchange, body.error());
  const Result<MessagesRequest> message = scan_messages_request(body->view(), deps.scanner);
  if (!message) co_return co_await reply_error(exchange, message.error());

  const DecisionRequest question{.model = message->model, .pinned_provider = message->pinned_provider,
                                 .session_key = {}, .caller = caller.name, .stream = message->stream};
  routing::RoutingDecision decision = co_await deps.decisions.decide(question, snapshot);
  if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) {
    co_return co_await reply_error(exchange, to_error(*rejection));
  }
  auto& plan = std::get<routing::AttemptPlan>(decision);
  keep_servable(plan, snapshot);
  if (plan.candidates.empty()) {
    Error unsupported{ErrorCode::kInvalidRequest,
                      fmt::format("gateway: {} is routed to providers of type openai only, which need a conversion "
                                  "that this version does not have",
                                  message->model),
                      {}};
    co_return co_await reply_error(exchange, std::move(unsupported));
  }
  const ForwardedRequest request{
      .exchange = exchange,
      .snapshot = snapshot,
      .message = *message,
      .body = body->view(),
      .path = forwarding.path,
      .deadline = deadline,
      .first_byte_timeout = message->stream ? forwarding.streaming_first_byte : forwarding.non_streaming_first_byte,
  };
  co_await serve_with_failover(request, std::move(plan), deps);
}

}  // namespace

asio::awaitable<void> serve_messages(http::Exchange& exchange, const ClientIdentity& caller, const Snapshot& snapshot,
                                     Dependencies& deps) {
  const Timeouts& timeouts = snapshot.timeouts;
  const Forwarding forwarding{"/v1/messages", timeouts.until_commit, timeouts.streaming_first_byte,
                              timeouts.non_streaming_first_byte};
  co_await forward(exchange, caller, snapshot, forwarding, deps);
}

asio::awaitable<void> serve_count_tokens(http::Exchange& exchange, const ClientIdentity& caller,
                                         const Snapshot& snapshot, Dependencies& deps) {
  const Forwarding forwarding{"/v1/messages/count_tokens", kCountDeadline, kCountTimeout, kCountTimeout};
  co_await forward(exchange, caller, snapshot, forwarding, deps);
}

}  // namespace balancer::gateway
