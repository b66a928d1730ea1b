#include "gateway/api/count_tokens.hpp"

#include <fmt/format.h>

#include "gateway/api/input_estimate.hpp"
#include "gateway/api/provider_attempt.hpp"
#include "gateway/api/receive_request.hpp"
#include "gateway/api/reply.hpp"
#include "gateway/api/request_notes.hpp"
#include "gateway/api/thinking_home.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr std::chrono::seconds kCountTimeout{3};

// The first candidate that can count; null when none can. One of another signature domain than the conversation's could
// not verify its thinking (protocol.md 2.7).
const routing::Candidate* counting_candidate(const routing::AttemptPlan& plan, std::string_view body,
                                             const Snapshot& snapshot, Dependencies& deps) {
  const Provider* const home = thinking_home(plan, snapshot);
  for (const routing::Candidate& candidate : plan.candidates) {
    const Provider& provider = snapshot.providers[candidate.provider];
    if (provider.type != ProviderType::kAnthropic || !provider.count_tokens) continue;
    if (move_from_home(home, provider, body) != ThinkingMove::kNothingToDo) continue;
    // One that cools is tried with nothing but its probe, and a dry run has none.
    if (candidate.probe || candidate.last_resort) continue;
    if (!deps.conversion.without_token_count.contains(provider.name, deps.wheel.now())) return &candidate;
  }
  return nullptr;
}

bool passes_by_itself(routing::RejectionReason reason) {
  return reason == routing::RejectionReason::kAllCooling || reason == routing::RejectionReason::kAllBusy;
}

// True once the client has its answer, or is gone.
asio::awaitable<bool> count_at_provider(const ForwardedRequest& request, const routing::Candidate& candidate,
                                        Dependencies& deps) {
  const Provider& provider = request.snapshot.providers[candidate.provider];
  const AttemptTarget target{
      .provider = provider,
      .upstream_model = candidate.upstream_model.empty() ? request.message.model : candidate.upstream_model,
      .span = deps.telemetry.begin_attempt(request.record)};
  const TimerWheel::TimePoint began = deps.wheel.now();
  const AttemptEnd end = co_await attempt_provider(request, target, deps);
  note_attempt(request.record, target, end, began);
  if (end.delivered || request.exchange.client_gone()) co_return true;
  if (end.outcome.kind == AttemptOutcome::kRequestFault && end.answer) {
    co_await request.exchange.respond(end.answer->head, end.answer->body);
    co_return true;
  }
  if (end.outcome.status == 404 || end.outcome.status == 405) {
    deps.conversion.without_token_count.remember(provider.name, deps.wheel.now());
  }
  co_return false;
}

asio::awaitable<void> reply_estimate(http::Exchange& exchange, std::string_view body, std::string_view model,
                                     Dependencies& deps) {
  http::ResponseHead head = make_head(200, exchange.request_id());
  head.add("content-type", kJsonType);
  head.add("x-balancer-token-count", "estimated");
  const std::string answer = fmt::format(R"({{"input_tokens":{}}})", estimated_input_tokens(body, model, deps));
  co_await exchange.respond(head, answer);
}

}  // namespace

asio::awaitable<void> serve_count_tokens(http::Exchange& exchange, RequestRecord& record, const Snapshot& snapshot,
                                         Dependencies& deps) {
  const Result<ReceivedRequest> received = co_await receive_request(exchange, record, deps);
  if (!received) co_return co_await reply_error(exchange, received.error());
  const MessagesRequest& message = received->message;
  const DecisionRequest question{.model = message.model, .pinned_provider = message.pinned_provider,
                                 .session_key = {}, .caller = record.caller, .stream = false,
                                 .session_start = false, .dry_run = true};
  const routing::RoutingDecision decision = co_await deps.decisions.decide(question, snapshot);

  std::string model = message.model;
  if (const auto* rejection = std::get_if<routing::Rejection>(&decision)) {
    // Any model can be estimated; only a provider that the client insists on must exist.
    if (!message.pinned_provider.empty() && !passes_by_itself(rejection->reason)) {
      record.error = rejection->message;
      Error unknown{ErrorCode::kNotFound, rejection->message, {}};
      co_return co_await reply_error(exchange, std::move(unknown));
    }
  } else {
    const auto& plan = std::get<routing::AttemptPlan>(decision);
    const std::string& renamed = plan.candidates.front().upstream_model;
    if (!renamed.empty()) model = renamed;
    if (const routing::Candidate* const candidate = counting_candidate(plan, received->body.view(), snapshot, deps)) {
      const ForwardedRequest request{
          .exchange = exchange,
          .record = record,
          .snapshot = snapshot,
          .message = message,
          .body = received->body.view(),
          .path = "/v1/messages/count_tokens",
          .deadline = deps.wheel.now() + kCountTimeout,
          .first_byte_timeout = kCountTimeout,
      };
      const bool answered = co_await count_at_provider(request, *candidate, deps);
      if (answered) co_return;
    }
  }
  // What a provider failed at before is the attempt's own; the client is given what it asked for.
  record.outcome = AttemptOutcome::kSuccess;
  record.provider.clear();
  record.upstream_model.clear();
  record.upstream_request_id.clear();
  co_await reply_estimate(exchange, received->body.view(), model, deps);
}

}  // namespace balancer::gateway
