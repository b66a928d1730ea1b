#include "gateway/failover/final_answer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

std::string list_of(std::span<const FailedAttempt> attempts) {
  std::string list;
  for (const FailedAttempt& attempt : attempts) {
    if (!list.empty()) list += ", ";
    list += fmt::format("{}: {}", attempt.provider, attempt.detail);
  }
  return attempts.size() == 1 ? fmt::format("gateway: the provider failed ({})", list)
                              : fmt::format("gateway: all {} attempts failed ({})", attempts.size(), list);
}

bool any(std::span<const FailedAttempt> attempts, AttemptOutcome outcome) {
  return std::any_of(attempts.begin(), attempts.end(), [&](const auto& a) { return a.outcome == outcome; });
}

bool all(std::span<const FailedAttempt> attempts, AttemptOutcome outcome) {
  return std::all_of(attempts.begin(), attempts.end(), [&](const auto& a) { return a.outcome == outcome; });
}

std::optional<std::int64_t> whole_seconds(std::optional<std::chrono::milliseconds> delay) {
  if (!delay) return std::nullopt;
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(*delay).count());
}

std::optional<std::int64_t> soonest_retry(std::span<const FailedAttempt> attempts,
                                          std::optional<std::chrono::milliseconds> soonest_recovery) {
  std::optional<std::chrono::milliseconds> soonest = soonest_recovery;
  for (const FailedAttempt& attempt : attempts) {
    if (!attempt.retry_delay || attempt.outcome == AttemptOutcome::kQuotaExhausted) continue;
    soonest = std::min(soonest.value_or(*attempt.retry_delay), *attempt.retry_delay);
  }
  return whole_seconds(soonest);
}

}  // namespace

FinalAnswer final_answer(std::span<const FailedAttempt> attempts,
                         std::optional<std::chrono::milliseconds> soonest_recovery, bool everybody_cools) {
  const auto answer = [&](ErrorCode code) { return FinalAnswer{{code, list_of(attempts), {}}, std::nullopt, std::nullopt}; };

  if (any(attempts, AttemptOutcome::kRateLimited)) {
    FinalAnswer result = answer(ErrorCode::kRateLimited);
    result.retry_after = soonest_retry(attempts, soonest_recovery);
    return result;
  }
  const bool may_pass = any(attempts, AttemptOutcome::kTransient) || any(attempts, AttemptOutcome::kTimeout);
  if (any(attempts, AttemptOutcome::kQuotaExhausted)) {
    FinalAnswer result = answer(ErrorCode::kRateLimited);
    // An empty account stays empty; the other providers may be back in a moment.
    if (may_pass) {
      result.retry_after = soonest_retry(attempts, soonest_recovery);
    } else {
      result.should_retry = false;
    }
    return result;
  }
  if (may_pass) {
    if (std::any_of(attempts.begin(), attempts.end(), [](const auto& a) { return a.overloaded; })) {
      FinalAnswer result = answer(ErrorCode::kOverloaded);
      result.retry_after = soonest_retry(attempts, soonest_recovery);
      return result;
    }
    FinalAnswer result =
        answer(all(attempts, AttemptOutcome::kTimeout) ? ErrorCode::kGatewayTimeout : ErrorCode::kBadGateway);
    if (everybody_cools) result.retry_after = soonest_retry(attempts, soonest_recovery);
    return result;
  }
  if (any(attempts, AttemptOutcome::kTooLarge)) return answer(ErrorCode::kRequestTooLarge);
  if (all(attempts, AttemptOutcome::kModelMissing)) return answer(ErrorCode::kNotFound);
  FinalAnswer result = answer(ErrorCode::kBadGateway);
  result.should_retry = false;
  return result;
}

std::optional<std::int64_t> retry_after_outage(AttemptOutcome outcome,
                                               std::optional<std::chrono::milliseconds> soonest_recovery) {
  const bool may_pass = outcome == AttemptOutcome::kRateLimited || outcome == AttemptOutcome::kTransient ||
                        outcome == AttemptOutcome::kTimeout;
  return may_pass ? whole_seconds(soonest_recovery) : std::nullopt;
}

}  // namespace balancer::gateway
