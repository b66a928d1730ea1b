#include "gateway/failover/retry_decision.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

constexpr AttemptOutcome kFailures[] = {
    AttemptOutcome::kCredentialsRejected, AttemptOutcome::kQuotaExhausted, AttemptOutcome::kModelMissing,
    AttemptOutcome::kRateLimited,         AttemptOutcome::kTransient,      AttemptOutcome::kTimeout,
    AttemptOutcome::kTooLarge,
};

constexpr RetryState kFirstOfTwo = {
    .attempts_made = 1, .attempt_limit = 4, .candidates_left = 1, .deadline_passed = false, .read_timeouts = 0};

TEST(RetryDecisionTest, AnswersAndTheRequestsOwnFaultsGoToTheClientAtOnce) {
  EXPECT_EQ(decide_retry(AttemptOutcome::kSuccess, kFirstOfTwo), RetryDecision::kDeliver);
  EXPECT_EQ(decide_retry(AttemptOutcome::kRequestFault, kFirstOfTwo), RetryDecision::kDeliver);
}

TEST(RetryDecisionTest, NothingIsTriedForAClientThatIsGone) {
  EXPECT_EQ(decide_retry(AttemptOutcome::kClientGone, kFirstOfTwo), RetryDecision::kGiveUp);
}

TEST(RetryDecisionTest, EveryFailureOfAProviderIsWorthTheNextOne) {
  for (const AttemptOutcome outcome : kFailures) {
    EXPECT_EQ(decide_retry(outcome, kFirstOfTwo), RetryDecision::kTryNext) << to_string(outcome);
  }
}

TEST(RetryDecisionTest, GivesUpWhenNoCandidateIsLeft) {
  RetryState state = kFirstOfTwo;
  state.candidates_left = 0;

  for (const AttemptOutcome outcome : kFailures) EXPECT_EQ(decide_retry(outcome, state), RetryDecision::kGiveUp);
}

TEST(RetryDecisionTest, GivesUpAtTheAttemptLimit) {
  RetryState state{
      .attempts_made = 3, .attempt_limit = 4, .candidates_left = 9, .deadline_passed = false, .read_timeouts = 0};
  EXPECT_EQ(decide_retry(AttemptOutcome::kTransient, state), RetryDecision::kTryNext);

  state.attempts_made = 4;
  EXPECT_EQ(decide_retry(AttemptOutcome::kTransient, state), RetryDecision::kGiveUp);
}

TEST(RetryDecisionTest, GivesUpWhenTheTimeIsOver) {
  RetryState state = kFirstOfTwo;
  state.deadline_passed = true;

  EXPECT_EQ(decide_retry(AttemptOutcome::kTimeout, state), RetryDecision::kGiveUp);
  EXPECT_EQ(decide_retry(AttemptOutcome::kRequestFault, state), RetryDecision::kDeliver);
}

// Each may be billed though nobody saw its answer.
TEST(RetryDecisionTest, GivesUpWhenTwoProvidersLetTheRequestTimeOut) {
  RetryState state = kFirstOfTwo;
  state.read_timeouts = 1;
  EXPECT_EQ(decide_retry(AttemptOutcome::kTimeout, state), RetryDecision::kTryNext);

  state.read_timeouts = 2;
  EXPECT_EQ(decide_retry(AttemptOutcome::kTimeout, state), RetryDecision::kGiveUp);
}

}  // namespace
}  // namespace balancer::gateway
