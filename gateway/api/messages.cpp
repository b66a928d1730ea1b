#include "gateway/api/messages.hpp"

#include "gateway/api/failover_run.hpp"
#include "gateway/api/receive_request.hpp"
#include "gateway/api/reply.hpp"

namespace balancer::gateway {
namespace {

using routing::RejectionReason;

Error to_error(const routing::Rejection& rejection) {
  const bool missing = rejection.reason != RejectionReason::kNoProvider;
  return {missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable, rejection.message, {}};
}

}  // namespace

asio::awaitable<void> serve_messages(http::Exchange& exchange, const ClientIdentity& caller, const Snapshot& snapshot,
                                     Dependencies& deps) {
  const Timeouts& timeouts = snapshot.timeouts;
  const TimerWheel::TimePoint deadline = deps.wheel.now() + timeouts.until_commit;
  const Result<ReceivedRequest> received = co_await receive_request(exchange, deps);
  if (!received) co_return co_await reply_error(exchange, received.error());
  const MessagesRequest& message = received->message;

  const DecisionRequest question{.model = message.model, .pinned_provider = message.pinned_provider,
                                 .session_key = {}, .caller = caller.name, .stream = message.stream};
  routing::RoutingDecision decision = co_await deps.decisions.decide(question, snapshot);
  if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) {
    co_return co_await reply_error(exchange, to_error(*rejection));
  }
  const ForwardedRequest request{
      .exchange = exchange,
      .snapshot = snapshot,
      .message = message,
      .body = received->body.view(),
      .path = "/v1/messages",
      .deadline = deadline,
      .first_byte_timeout = message.stream ? timeouts.streaming_first_byte : timeouts.non_streaming_first_byte,
  };
  auto& plan = std::get<routing::AttemptPlan>(decision);
  co_await serve_with_failover(request, std::move(plan), deps);
}

}  // namespace balancer::gateway
