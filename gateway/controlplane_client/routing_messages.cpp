#include "gateway/controlplane_client/routing_messages.hpp"

#include <simdjson.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "gateway/controlplane_client/answer_decoding.hpp"
#include "gateway/controlplane_client/presentable_text.hpp"
#include "gateway/controlplane_client/proto_time.hpp"
#include "gateway/controlplane_client/signature_bytes.hpp"

namespace balancer::gateway {
namespace {

void assign(std::string& target, std::string_view value) { target.assign(value.data(), value.size()); }

v1::AttemptOutcome encode(routing::AttemptOutcome outcome) {
  using routing::AttemptOutcome;
  switch (outcome) {
    case AttemptOutcome::kSuccess: return v1::ATTEMPT_OUTCOME_SUCCESS;
    case AttemptOutcome::kRequestFault: return v1::ATTEMPT_OUTCOME_REQUEST_FAULT;
    case AttemptOutcome::kCredentialsRejected: return v1::ATTEMPT_OUTCOME_CREDENTIALS_REJECTED;
    case AttemptOutcome::kQuotaExhausted: return v1::ATTEMPT_OUTCOME_QUOTA_EXHAUSTED;
    case AttemptOutcome::kModelMissing: return v1::ATTEMPT_OUTCOME_MODEL_MISSING;
    case AttemptOutcome::kRateLimited: return v1::ATTEMPT_OUTCOME_RATE_LIMITED;
    case AttemptOutcome::kTransient: return v1::ATTEMPT_OUTCOME_TRANSIENT;
    case AttemptOutcome::kTimeout: return v1::ATTEMPT_OUTCOME_TIMEOUT;
    case AttemptOutcome::kTooLarge: return v1::ATTEMPT_OUTCOME_TOO_LARGE;
    case AttemptOutcome::kClientGone: return v1::ATTEMPT_OUTCOME_CLIENT_GONE;
    case AttemptOutcome::kNotSent: return v1::ATTEMPT_OUTCOME_NOT_SENT;
    case AttemptOutcome::kAnswering: return v1::ATTEMPT_OUTCOME_ANSWERING;
  }
  return v1::ATTEMPT_OUTCOME_UNSPECIFIED;
}

v1::CacheOutcome encode(CacheOutcome outcome) {
  switch (outcome) {
    case CacheOutcome::kHit: return v1::CACHE_OUTCOME_HIT;
    case CacheOutcome::kMiss: return v1::CACHE_OUTCOME_MISS_LEAD;
    case CacheOutcome::kJoin: return v1::CACHE_OUTCOME_JOIN;
    case CacheOutcome::kBypass: return v1::CACHE_OUTCOME_BYPASS;
  }
  return v1::CACHE_OUTCOME_UNSPECIFIED;
}

std::optional<routing::RejectionReason> decode(v1::RejectionReason reason) {
  switch (reason) {
    case v1::REJECTION_REASON_NO_ROUTE: return routing::RejectionReason::kNoRoute;
    case v1::REJECTION_REASON_UNKNOWN_PROVIDER: return routing::RejectionReason::kUnknownProvider;
    case v1::REJECTION_REASON_NO_PROVIDER: return routing::RejectionReason::kNoProvider;
    case v1::REJECTION_REASON_ALL_COOLING: return routing::RejectionReason::kAllCooling;
    case v1::REJECTION_REASON_ALL_BUSY: return routing::RejectionReason::kAllBusy;
    default: return std::nullopt;
  }
}

// Nothing for a message without an answer, or with one that makes no sense: it may be fetched still.
std::optional<FoundAnswer> decode_carried(v1::AnswerElsewhere& message) {
  if (!message.has_answer()) return std::nullopt;
  auto answer = decode_answer(*message.mutable_answer());
  if (answer == nullptr) return std::nullopt;
  return FoundAnswer{std::move(answer), to_age(message.answer_age())};
}

std::optional<routing::AnswerElsewhere> decode(v1::AnswerElsewhere& message) {
  using Where = routing::AnswerElsewhere::Where;
  switch (message.cache_outcome()) {
    case v1::CACHE_OUTCOME_HIT: return routing::AnswerElsewhere{Where::kCached, decode_carried(message)};
    case v1::CACHE_OUTCOME_JOIN: return routing::AnswerElsewhere{Where::kUnderWay};
    default: return std::nullopt;
  }
}

}  // namespace

bool can_carry(const DecisionRequest& request) {
  return is_presentable(request.model) && is_presentable(request.pinned_provider) && is_presentable(request.caller) &&
         request.session_key.size() <= kPresentableBytes;
}

void encode_query(const DecisionRequest& request, std::uint64_t id, v1::RouteQuery& message) {
  message.set_id(id);
  assign(*message.mutable_model(), request.model);
  if (!request.pinned_provider.empty()) assign(*message.mutable_pinned_provider(), request.pinned_provider);
  if (!request.session_key.empty()) assign(*message.mutable_session_key(), request.session_key);
  if (!request.caller.empty()) assign(*message.mutable_caller(), request.caller);
  message.set_stream(request.stream);
  message.set_session_start(request.session_start);
  message.set_dry_run(request.dry_run);
  if (request.signature) set_signature(*message.mutable_signature(), *request.signature);
  message.set_max_output_token_count(request.max_output_token_count);
  message.set_wants_fresh_answer(request.wants_fresh_answer);
  if (!request.request_id.empty()) assign(*message.mutable_request_id(), request.request_id);
}

void encode_report(routing::AttemptReport&& report, v1::AttemptReport& message) {
  *message.mutable_provider() = std::move(report.provider);
  // The client's own name when the model is passed through.
  if (is_presentable(report.upstream_model)) *message.mutable_upstream_model() = std::move(report.upstream_model);
  message.set_outcome(encode(report.outcome));
  message.set_status(report.status);
  if (report.retry_delay) set_duration(*message.mutable_retry_delay(), *report.retry_delay);
  if (report.time_to_first_byte) set_duration(*message.mutable_time_to_first_byte(), *report.time_to_first_byte);
  set_duration(*message.mutable_total_time(), report.total_time);
  message.set_input_token_count(report.input_token_count);
  message.set_output_token_count(report.output_token_count);
  message.set_response_byte_count(report.response_byte_count);
  message.set_probe(report.probe);
  if (is_presentable(report.detail)) *message.mutable_detail() = std::move(report.detail);
  *message.mutable_next_provider() = std::move(report.next_provider);
  *message.mutable_session_key() = std::move(report.session_key);
  *message.mutable_route() = std::move(report.route);
}

void encode_summary(routing::RequestSummary&& summary, v1::RequestSummary& message) {
  *message.mutable_request_id() = std::move(summary.request_id);
  // The client's own.
  if (is_presentable(summary.model)) *message.mutable_model() = std::move(summary.model);
  *message.mutable_caller() = std::move(summary.caller);
  *message.mutable_route() = std::move(summary.route);
  message.set_stream(summary.stream);
  if (summary.cache) message.set_cache_outcome(encode(*summary.cache));
  message.set_status(summary.status);
  message.set_outcome(encode(summary.outcome));
  set_duration(*message.mutable_total_time(), summary.total_time);
  if (summary.time_to_first_byte) set_duration(*message.mutable_time_to_first_byte(), *summary.time_to_first_byte);
  *message.mutable_provider() = std::move(summary.provider);
  if (is_presentable(summary.upstream_model)) *message.mutable_upstream_model() = std::move(summary.upstream_model);
  message.set_input_token_count(summary.input_token_count);
  message.set_output_token_count(summary.output_token_count);
  message.set_planned_by_gateway(summary.planned_by_gateway);
  if (is_presentable(summary.upstream_request_id)) {
    *message.mutable_upstream_request_id() = std::move(summary.upstream_request_id);
  }
  if (is_presentable(summary.error)) *message.mutable_error() = std::move(summary.error);
  for (routing::AttemptSummary& attempt : summary.attempts) {
    v1::AttemptSummary& made = *message.add_attempts();
    *made.mutable_provider() = std::move(attempt.provider);
    if (is_presentable(attempt.upstream_model)) *made.mutable_upstream_model() = std::move(attempt.upstream_model);
    made.set_outcome(encode(attempt.outcome));
    made.set_status(attempt.status);
    if (is_presentable(attempt.detail)) *made.mutable_detail() = std::move(attempt.detail);
    set_duration(*made.mutable_total_time(), attempt.total_time);
  }
}

void tally_summary(const routing::RequestSummary& summary, v1::DecideRequest& message) {
  const v1::AttemptOutcome outcome = encode(summary.outcome);
  auto& tallies = *message.mutable_request_tallies();
  auto alike = std::find_if(tallies.begin(), tallies.end(), [&](const v1::RequestTally& tally) {
    return tally.status() == summary.status && tally.outcome() == outcome;
  });
  if (alike == tallies.end()) {
    v1::RequestTally& added = *tallies.Add();
    added.set_status(summary.status);
    added.set_outcome(outcome);
    added.set_request_count(1);
    return;
  }
  alike->set_request_count(alike->request_count() + 1);
}

void encode_lead_end(const LeadEnd& end, v1::LeadEnd& message) {
  set_signature(*message.mutable_signature(), end.signature);
  message.set_local_join_count(end.local_join_count);
  message.set_input_token_count(end.input_token_count);
  message.set_output_token_count(end.output_token_count);
}

bool begins_lead(const v1::RouteDecision& message, const std::optional<RequestSignature>& signature) {
  return signature && message.plan().cache_outcome() == v1::CACHE_OUTCOME_MISS_LEAD;
}

std::optional<routing::RoutingDecision> decode_decision(v1::RouteDecision& message, const Snapshot& snapshot,
                                                        const std::optional<RequestSignature>& signature) {
  if (message.has_rejection()) {
    const auto reason = decode(message.rejection().reason());
    if (!reason) return std::nullopt;
    routing::Rejection rejection{*reason, std::move(*message.mutable_rejection()->mutable_message())};
    if (message.rejection().has_retry_delay()) rejection.retry_delay = to_milliseconds(message.rejection().retry_delay());
    return rejection;
  }
  if (message.has_answer_elsewhere()) {
    if (!signature) return std::nullopt;
    return decode(*message.mutable_answer_elsewhere());
  }
  if (!message.has_plan()) return std::nullopt;
  v1::AttemptPlan& plan_message = *message.mutable_plan();
  routing::AttemptPlan plan;
  plan.candidates.reserve(static_cast<std::size_t>(plan_message.candidates_size()));
  for (v1::Candidate& candidate : *plan_message.mutable_candidates()) {
    const auto provider =
        std::find_if(snapshot.providers.begin(), snapshot.providers.end(),
                     [&](const Provider& known) { return known.name == candidate.provider(); });
    if (provider == snapshot.providers.end()) continue;
    plan.candidates.push_back({static_cast<std::size_t>(provider - snapshot.providers.begin()),
                               std::move(*candidate.mutable_upstream_model()), candidate.probe(),
                               candidate.last_resort()});
  }
  if (plan.candidates.empty()) return std::nullopt;
  plan.route = std::move(*plan_message.mutable_route());
  plan.leads = begins_lead(message, signature);
  if (plan_message.has_soonest_recovery()) plan.soonest_recovery = to_milliseconds(plan_message.soonest_recovery());
  return plan;
}

}  // namespace balancer::gateway
