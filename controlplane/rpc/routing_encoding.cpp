#include "controlplane/rpc/routing_encoding.hpp"

#include <algorithm>

#include "controlplane/rpc/response_encoding.hpp"
#include "controlplane/rpc/time_encoding.hpp"

namespace balancer::controlplane {
namespace {

std::optional<routing::AttemptOutcome> decode(v1::AttemptOutcome outcome) {
  using routing::AttemptOutcome;
  switch (outcome) {
    case v1::ATTEMPT_OUTCOME_SUCCESS: return AttemptOutcome::kSuccess;
    case v1::ATTEMPT_OUTCOME_REQUEST_FAULT: return AttemptOutcome::kRequestFault;
    case v1::ATTEMPT_OUTCOME_CREDENTIALS_REJECTED: return AttemptOutcome::kCredentialsRejected;
    case v1::ATTEMPT_OUTCOME_QUOTA_EXHAUSTED: return AttemptOutcome::kQuotaExhausted;
    case v1::ATTEMPT_OUTCOME_MODEL_MISSING: return AttemptOutcome::kModelMissing;
    case v1::ATTEMPT_OUTCOME_RATE_LIMITED: return AttemptOutcome::kRateLimited;
    case v1::ATTEMPT_OUTCOME_TRANSIENT: return AttemptOutcome::kTransient;
    case v1::ATTEMPT_OUTCOME_TIMEOUT: return AttemptOutcome::kTimeout;
    case v1::ATTEMPT_OUTCOME_TOO_LARGE: return AttemptOutcome::kTooLarge;
    case v1::ATTEMPT_OUTCOME_CLIENT_GONE: return AttemptOutcome::kClientGone;
    case v1::ATTEMPT_OUTCOME_NOT_SENT: return AttemptOutcome::kNotSent;
    case v1::ATTEMPT_OUTCOME_ANSWERING: return AttemptOutcome::kAnswering;
    default: return std::nullopt;
  }
}

std::optional<CacheOutcome> decode(v1::CacheOutcome outcome) {
  switch (outcome) {
    case v1::CACHE_OUTCOME_HIT: return CacheOutcome::kHit;
    case v1::CACHE_OUTCOME_MISS_LEAD: return CacheOutcome::kMiss;
    case v1::CACHE_OUTCOME_JOIN: return CacheOutcome::kJoin;
    case v1::CACHE_OUTCOME_BYPASS: return CacheOutcome::kBypass;
    default: return std::nullopt;
  }
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

v1::RejectionReason encode(routing::RejectionReason reason) {
  switch (reason) {
    case routing::RejectionReason::kNoRoute: return v1::REJECTION_REASON_NO_ROUTE;
    case routing::RejectionReason::kUnknownProvider: return v1::REJECTION_REASON_UNKNOWN_PROVIDER;
    case routing::RejectionReason::kNoProvider: return v1::REJECTION_REASON_NO_PROVIDER;
    case routing::RejectionReason::kAllCooling: return v1::REJECTION_REASON_ALL_COOLING;
    case routing::RejectionReason::kAllBusy: return v1::REJECTION_REASON_ALL_BUSY;
  }
  return v1::REJECTION_REASON_UNSPECIFIED;
}

void encode(const routing::AttemptPlan& plan, const std::vector<Provider>& providers, v1::AttemptPlan& message) {
  message.set_route(plan.route);
  message.set_cache_outcome(plan.leads ? v1::CACHE_OUTCOME_MISS_LEAD : v1::CACHE_OUTCOME_BYPASS);
  message.clear_candidates();
  if (plan.soonest_recovery) *message.mutable_soonest_recovery() = encode_duration(*plan.soonest_recovery);
  for (const routing::Candidate& candidate : plan.candidates) {
    v1::Candidate& added = *message.add_candidates();
    added.set_provider(providers[candidate.provider].name);
    added.set_upstream_model(candidate.upstream_model);
    added.set_probe(candidate.probe);
    added.set_last_resort(candidate.last_resort);
  }
}

}  // namespace

DecisionQuery decode(const v1::RouteQuery& query) {
  DecisionQuery decoded{.route = {.model = query.model(), .pinned_provider = query.pinned_provider()},
                        .session_key = query.session_key(),
                        .session_start = query.session_start(),
                        .dry_run = query.dry_run(),
                        .sharing = std::nullopt,
                        .request_id = query.request_id(),
                        .caller = query.caller(),
                        .gateway_id = {},
                        .stream = query.stream()};
  if (const std::optional<RequestSignature> signature = decode_signature(query.signature())) {
    decoded.sharing = {.signature = *signature,
                       .max_output_token_count = query.max_output_token_count(),
                       .wants_fresh_answer = query.wants_fresh_answer()};
  }
  return decoded;
}

std::optional<LeadEnd> decode(const v1::LeadEnd& end) {
  constexpr std::int64_t kMaxJoinCount = 1'000'000;
  const std::optional<RequestSignature> signature = decode_signature(end.signature());
  if (!signature) return std::nullopt;
  return LeadEnd{.signature = *signature,
                 .local_join_count = std::clamp<std::int64_t>(end.local_join_count(), 0, kMaxJoinCount),
                 .input_token_count = std::clamp<std::int64_t>(end.input_token_count(), 0, kMaxTokenCount),
                 .output_token_count = std::clamp<std::int64_t>(end.output_token_count(), 0, kMaxTokenCount)};
}

std::optional<routing::AttemptReport> decode(const v1::AttemptReport& report) {
  const std::optional<routing::AttemptOutcome> outcome = decode(report.outcome());
  if (!outcome) return std::nullopt;
  routing::AttemptReport decoded{.provider = report.provider(),
                                 .upstream_model = report.upstream_model(),
                                 .outcome = *outcome,
                                 .status = report.status(),
                                 .retry_delay = std::nullopt,
                                 .time_to_first_byte = std::nullopt,
                                 .total_time = decode_duration(report.total_time()),
                                 .age = std::max(decode_duration(report.age()), std::chrono::microseconds(0)),
                                 .input_token_count = report.input_token_count(),
                                 .output_token_count = report.output_token_count(),
                                 .response_byte_count = report.response_byte_count(),
                                 .probe = report.probe(),
                                 .detail = report.detail(),
                                 .next_provider = report.next_provider(),
                                 .session_key = report.session_key(),
                                 .route = report.route()};
  if (report.has_retry_delay()) {
    decoded.retry_delay = std::chrono::ceil<std::chrono::milliseconds>(decode_duration(report.retry_delay()));
  }
  if (report.has_time_to_first_byte()) decoded.time_to_first_byte = decode_duration(report.time_to_first_byte());
  return decoded;
}

routing::RequestSummary decode(const v1::RequestSummary& summary) {
  routing::RequestSummary decoded;
  decoded.request_id = summary.request_id();
  decoded.model = summary.model();
  decoded.caller = summary.caller();
  decoded.route = summary.route();
  decoded.stream = summary.stream();
  decoded.cache = decode(summary.cache_outcome());
  decoded.status = std::clamp(summary.status(), 0, 599);
  decoded.outcome = decode(summary.outcome()).value_or(routing::AttemptOutcome::kSuccess);
  decoded.total_time = decode_duration(summary.total_time());
  if (summary.has_time_to_first_byte()) decoded.time_to_first_byte = decode_duration(summary.time_to_first_byte());
  decoded.provider = summary.provider();
  decoded.upstream_model = summary.upstream_model();
  decoded.upstream_request_id = summary.upstream_request_id();
  decoded.input_token_count = summary.input_token_count();
  decoded.output_token_count = summary.output_token_count();
  decoded.planned_by_gateway = summary.planned_by_gateway();
  decoded.error = summary.error();
  for (const v1::AttemptSummary& attempt : summary.attempts()) {
    decoded.attempts.push_back({.provider = attempt.provider(),
                                .upstream_model = attempt.upstream_model(),
                                .outcome = decode(attempt.outcome()).value_or(routing::AttemptOutcome::kSuccess),
                                .status = attempt.status(),
                                .detail = attempt.detail(),
                                .total_time = decode_duration(attempt.total_time())});
  }
  return decoded;
}

routing::RequestTally decode(const v1::RequestTally& tally) {
  constexpr std::int64_t kMaxRequestCount = 1'000'000'000;
  return {.status = std::clamp(tally.status(), 0, 599),
          .outcome = decode(tally.outcome()).value_or(routing::AttemptOutcome::kSuccess),
          .request_count = std::clamp<std::int64_t>(tally.request_count(), 0, kMaxRequestCount)};
}

void encode(const routing::RequestSummary& summary, v1::RequestSummary& message) {
  message.set_request_id(summary.request_id);
  message.set_model(summary.model);
  message.set_caller(summary.caller);
  message.set_route(summary.route);
  message.set_stream(summary.stream);
  if (summary.cache) message.set_cache_outcome(encode(*summary.cache));
  message.set_status(summary.status);
  message.set_outcome(encode(summary.outcome));
  *message.mutable_total_time() = encode_microseconds(summary.total_time);
  if (summary.time_to_first_byte) {
    *message.mutable_time_to_first_byte() = encode_microseconds(*summary.time_to_first_byte);
  }
  message.set_provider(summary.provider);
  message.set_upstream_model(summary.upstream_model);
  message.set_upstream_request_id(summary.upstream_request_id);
  message.set_input_token_count(summary.input_token_count);
  message.set_output_token_count(summary.output_token_count);
  message.set_planned_by_gateway(summary.planned_by_gateway);
  message.set_error(summary.error);
  for (const routing::AttemptSummary& attempt : summary.attempts) {
    v1::AttemptSummary& made = *message.add_attempts();
    made.set_provider(attempt.provider);
    made.set_upstream_model(attempt.upstream_model);
    made.set_outcome(encode(attempt.outcome));
    made.set_status(attempt.status);
    made.set_detail(attempt.detail);
    *made.mutable_total_time() = encode_microseconds(attempt.total_time);
  }
}

void encode(const Decision& decision, v1::RouteDecision& message) {
  if (const auto* plan = std::get_if<routing::AttemptPlan>(&decision.outcome)) {
    encode(*plan, decision.config->snapshot.providers, *message.mutable_plan());
    return;
  }
  if (const auto* elsewhere = std::get_if<routing::AnswerElsewhere>(&decision.outcome)) {
    const bool cached = elsewhere->where == routing::AnswerElsewhere::Where::kCached;
    message.mutable_answer_elsewhere()->Clear();
    message.mutable_answer_elsewhere()->set_cache_outcome(cached ? v1::CACHE_OUTCOME_HIT : v1::CACHE_OUTCOME_JOIN);
    return;
  }
  const auto& rejection = std::get<routing::Rejection>(decision.outcome);
  message.mutable_rejection()->set_reason(encode(rejection.reason));
  message.mutable_rejection()->set_message(rejection.message);
  if (rejection.retry_delay) {
    *message.mutable_rejection()->mutable_retry_delay() = encode_duration(*rejection.retry_delay);
  }
}

std::size_t carry_answer(const Decision& decision, std::size_t room, v1::RouteDecision& message) {
  const auto* elsewhere = std::get_if<routing::AnswerElsewhere>(&decision.outcome);
  if (elsewhere == nullptr || !elsewhere->found) return 0;
  const StoredAnswer& answer = *elsewhere->found->answer;
  const std::size_t size = answer.message.size() + answer.provider.size() + answer.upstream_model.size();
  if (size > kMaxCarriedAnswerBytes || size > room) return 0;
  encode(answer, *message.mutable_answer_elsewhere()->mutable_answer());
  *message.mutable_answer_elsewhere()->mutable_answer_age() = encode_duration(elsewhere->found->age);
  return size;
}

}  // namespace balancer::controlplane
