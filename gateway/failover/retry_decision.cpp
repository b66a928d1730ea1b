#include "gateway/failover/retry_decision.hpp"

namespace balancer::gateway {

RetryDecision decide_retry(routing::AttemptOutcome outcome, const RetryState& state) {
  using routing::AttemptOutcome;
  switch (outcome) {
    case AttemptOutcome::kSuccess:
    case AttemptOutcome::kRequestFault:
      return RetryDecision::kDeliver;
    case AttemptOutcome::kClientGone:
      return RetryDecision::kGiveUp;
    default:
      break;
  }
  constexpr unsigned kMostReadTimeouts = 2;
  const bool may_try = state.candidates_left > 0 && state.attempts_made < state.attempt_limit && !state.deadline_passed &&
                       state.read_timeouts < kMostReadTimeouts;
  return may_try ? RetryDecision::kTryNext : RetryDecision::kGiveUp;
}

}  // namespace balancer::gateway
