#include "gateway/api/messages.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "gateway/api/failover_run.hpp"
#include "gateway/api/receive_request.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/dialect/session_identity.hpp"

namespace balancer::gateway {
namespace {

using routing::RejectionReason;

SessionIdentity session_of(const http::RequestHead& request, const ClientIdentity& caller,
                           const ReceivedRequest& received) {
  const SessionHints hints{.caller = caller.name,
                           .session_id = request.header("x-claude-code-session-id"),
                           .context_compacted = request.header("x-claude-code-context-compacted")};
  return identify_session(hints, received.message, received.body.view());
}

ErrorCode code_of(RejectionReason reason) {
  switch (reason) {
    case RejectionReason::kNoRoute:
    case RejectionReason::kUnknownProvider: return ErrorCode::kNotFound;
    case RejectionReason::kNoProvider: return ErrorCode::kUnavailable;
    case RejectionReason::kAllCooling:
    case RejectionReason::kAllBusy: return ErrorCode::kOverloaded;
  }
  return ErrorCode::kInternal;
}

// Clients wait and try again only when they are told that this helps.
std::optional<std::int64_t> retry_after(const routing::Rejection& rejection) {
  if (code_of(rejection.reason) != ErrorCode::kOverloaded) return std::nullopt;
  const auto delay = std::chrono::ceil<std::chrono::seconds>(rejection.retry_delay.value_or(std::chrono::seconds(1)));
  return std::max<std::int64_t>(delay.count(), 1);
}

asio::awaitable<void> reply_rejection(http::Exchange& exchange, const routing::Rejection& rejection,
                                      const Snapshot& snapshot) {
  Error error{code_of(rejection.reason), rejection.message, {}};
  const std::optional<std::int64_t> wait = retry_after(rejection);
  if (!wait) co_return co_await reply_error(exchange, std::move(error));
  error.message.insert(0, "gateway: ");
  FinalAnswer answer{.error = std::move(error), .retry_after = wait, .should_retry = std::nullopt};
  const AttemptSummary summary{
      .last_provider = {}, .attempt_count = 0, .diagnostic_headers = snapshot.diagnostic_headers};
  co_await reply_final(exchange, std::move(answer), summary);
}

}  // namespace

asio::awaitable<void> serve_messages(http::Exchange& exchange, const ClientIdentity& caller, const Snapshot& snapshot,
                                     Dependencies& deps) {
  const Timeouts& timeouts = snapshot.timeouts;
  const TimerWheel::TimePoint deadline = deps.wheel.now() + timeouts.until_commit;
  const Result<ReceivedRequest> received = co_await receive_request(exchange, deps);
  if (!received) co_return co_await reply_error(exchange, received.error());
  const MessagesRequest& message = received->message;

  const SessionIdentity session = session_of(exchange.request(), caller, *received);
  const DecisionRequest question{.model = message.model, .pinned_provider = message.pinned_provider,
                                 .session_key = session.key, .caller = caller.name, .stream = message.stream,
                                 .session_start = session.start};
  routing::RoutingDecision decision = co_await deps.decisions.decide(question, snapshot);
  if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) {
    co_return co_await reply_rejection(exchange, *rejection, snapshot);
  }
  const ForwardedRequest request{
      .exchange = exchange,
      .snapshot = snapshot,
      .message = message,
      .body = received->body.view(),
      .path = "/v1/messages",
      .deadline = deadline,
      .first_byte_timeout = message.stream ? timeouts.streaming_first_byte : timeouts.non_streaming_first_byte,
      .session_key = session.key,
  };
  auto& plan = std::get<routing::AttemptPlan>(decision);
  co_await serve_with_failover(request, std::move(plan), deps);
}

}  // namespace balancer::gateway
