#include "gateway/api/routed_answer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "gateway/api/failover_run.hpp"
#include "gateway/api/reply.hpp"

namespace balancer::gateway {
namespace {

using routing::RejectionReason;

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

}  // namespace

DecisionRequest decision_request(const MessagesInput& input) {
  const MessagesRequest& message = input.received.message;
  DecisionRequest request;
  // Whoever is told of the beginning waits to be told of the end.
  if (input.record->listed) request.request_id = input.record->request_id;
  request.model = message.model;
  request.pinned_provider = message.pinned_provider;
  request.session_key = input.session.key;
  request.caller = input.caller;
  request.stream = message.stream;
  request.session_start = input.session.start;
  request.max_output_token_count = message.max_tokens;
  return request;
}

asio::awaitable<void> serve_plan(http::Exchange& exchange, MessagesInput& input, routing::AttemptPlan plan,
                                 CacheOutcome outcome, std::function<void(const AttemptTarget&)> on_attempt,
                                 Dependencies& deps) {
  const MessagesRequest& message = input.received.message;
  const Timeouts& timeouts = input.snapshot->timeouts;
  input.record->route = plan.route;
  input.record->planned_by_gateway = plan.planned_by_gateway;
  input.record->cache = outcome;
  const ForwardedRequest request{
      .exchange = exchange,
      .record = *input.record,
      .snapshot = *input.snapshot,
      .message = message,
      .body = input.received.body.view(),
      .path = "/v1/messages",
      .deadline = input.deadline,
      .first_byte_timeout = message.stream ? timeouts.streaming_first_byte : timeouts.non_streaming_first_byte,
      .session_key = input.session.key,
      .cache_outcome = outcome,
      .on_attempt = std::move(on_attempt),
      .release_body = [&input] { input.received.body = {}; },
  };
  co_await serve_with_failover(request, std::move(plan), deps);
}

asio::awaitable<void> reply_rejection(http::Exchange& exchange, const routing::Rejection& rejection,
                                      const MessagesInput& input) {
  input.record->rejection = rejection.reason;
  input.record->outcome = routing::AttemptOutcome::kNotSent;
  input.record->error = rejection.message;
  Error error{code_of(rejection.reason), rejection.message, {}};
  const std::optional<std::int64_t> wait = retry_after(rejection);
  if (!wait) co_return co_await reply_error(exchange, std::move(error));
  error.message.insert(0, "gateway: ");
  FinalAnswer answer{.error = std::move(error), .retry_after = wait, .should_retry = std::nullopt};
  const AttemptSummary summary{
      .last_provider = {}, .attempt_count = 0, .diagnostic_headers = input.snapshot->diagnostic_headers};
  co_await reply_final(exchange, std::move(answer), summary);
}

asio::awaitable<void> serve_alone(http::Exchange& exchange, MessagesInput& input, Dependencies& deps) {
  const DecisionRequest question = decision_request(input);
  routing::RoutingDecision decision = co_await deps.decisions.decide(question, *input.snapshot);
  if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) {
    co_return co_await reply_rejection(exchange, *rejection, input);
  }
  auto& plan = std::get<routing::AttemptPlan>(decision);
  std::function<void(const AttemptTarget&)> nobody_listens;
  co_await serve_plan(exchange, input, std::move(plan), CacheOutcome::kBypass, std::move(nobody_listens), deps);
}

}  // namespace balancer::gateway
