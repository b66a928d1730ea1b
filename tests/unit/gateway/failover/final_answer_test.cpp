#include "gateway/failover/final_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::AllOf;
using testing::HasSubstr;

constexpr auto kK = AttemptOutcome::kCredentialsRejected;
constexpr auto kQ = AttemptOutcome::kQuotaExhausted;
constexpr auto kM = AttemptOutcome::kModelMissing;
constexpr auto kL = AttemptOutcome::kRateLimited;
constexpr auto kT = AttemptOutcome::kTransient;
constexpr auto kTimeout = AttemptOutcome::kTimeout;
constexpr auto kB = AttemptOutcome::kTooLarge;

FailedAttempt failed(AttemptOutcome outcome, std::optional<std::chrono::milliseconds> retry_delay = {}) {
  return {.provider = "p", .outcome = outcome, .overloaded = false, .retry_delay = retry_delay, .detail = "why"};
}

FailedAttempt overloaded(std::optional<std::chrono::milliseconds> retry_delay = {}) {
  FailedAttempt attempt = failed(kT, retry_delay);
  attempt.overloaded = true;
  return attempt;
}

FinalAnswer answer_to(const std::vector<FailedAttempt>& attempts) { return final_answer(attempts); }

ErrorCode code_of(const std::vector<AttemptOutcome>& outcomes) {
  std::vector<FailedAttempt> attempts;
  for (const AttemptOutcome outcome : outcomes) attempts.push_back(failed(outcome));
  return final_answer(attempts).error.code;
}

TEST(FinalAnswerTest, RateLimitComesBeforeEverythingElse) {
  for (const AttemptOutcome other : {kK, kQ, kM, kL, kT, kTimeout, kB}) {
    EXPECT_EQ(code_of({kL, other}), ErrorCode::kRateLimited) << to_string(other);
    EXPECT_EQ(code_of({other, kL}), ErrorCode::kRateLimited) << to_string(other);
  }
  EXPECT_EQ(answer_to({failed(kL), overloaded()}).error.code, ErrorCode::kRateLimited);
}

TEST(FinalAnswerTest, QuotaCountsAsRateLimit) {
  for (const AttemptOutcome other : {kK, kQ, kM, kT, kTimeout, kB}) {
    EXPECT_EQ(code_of({kQ, other}), ErrorCode::kRateLimited) << to_string(other);
    EXPECT_EQ(code_of({other, kQ}), ErrorCode::kRateLimited) << to_string(other);
  }
}

TEST(FinalAnswerTest, ClientsAreToldNotToRetryWhatOnlyAPaymentMends) {
  EXPECT_EQ(answer_to({failed(kQ)}).should_retry, false);
  EXPECT_EQ(answer_to({failed(kQ), failed(kK)}).should_retry, false);
  EXPECT_EQ(answer_to({failed(kM), failed(kQ)}).should_retry, false);
  EXPECT_EQ(answer_to({failed(kQ, 30s)}).retry_after, std::nullopt);
}

TEST(FinalAnswerTest, ExhaustedQuotaOfOneDoesNotForbidARetryThatAnotherMayServe) {
  EXPECT_EQ(answer_to({failed(kQ), failed(kT)}).should_retry, std::nullopt);
  EXPECT_EQ(answer_to({failed(kTimeout), failed(kQ)}).should_retry, std::nullopt);
  EXPECT_EQ(answer_to({failed(kL, 7s), failed(kQ)}).should_retry, std::nullopt);
  EXPECT_EQ(answer_to({failed(kL, 7s), failed(kQ, 2s)}).retry_after, 7);
  EXPECT_EQ(answer_to({overloaded(9s), failed(kQ)}).retry_after, 9);
}

TEST(FinalAnswerTest, OverloadOfOneIsToldWhenNobodyWasRateLimited) {
  EXPECT_EQ(answer_to({overloaded()}).error.code, ErrorCode::kOverloaded);
  EXPECT_EQ(answer_to({failed(kT), overloaded()}).error.code, ErrorCode::kOverloaded);
  EXPECT_EQ(answer_to({failed(kTimeout), overloaded()}).error.code, ErrorCode::kOverloaded);
  EXPECT_EQ(answer_to({failed(kK), overloaded(), failed(kM)}).error.code, ErrorCode::kOverloaded);
}

TEST(FinalAnswerTest, TimeoutIsToldOnlyWhenAllTimedOut) {
  EXPECT_EQ(code_of({kTimeout}), ErrorCode::kGatewayTimeout);
  EXPECT_EQ(code_of({kTimeout, kTimeout}), ErrorCode::kGatewayTimeout);

  EXPECT_EQ(code_of({kTimeout, kT}), ErrorCode::kBadGateway);
  EXPECT_EQ(code_of({kT, kTimeout}), ErrorCode::kBadGateway);
}

TEST(FinalAnswerTest, TransientFailuresComeBeforeMissingModelsAndCredentials) {
  EXPECT_EQ(code_of({kT}), ErrorCode::kBadGateway);
  for (const AttemptOutcome other : {kK, kM, kB}) {
    EXPECT_EQ(code_of({kT, other}), ErrorCode::kBadGateway) << to_string(other);
    EXPECT_EQ(code_of({other, kT}), ErrorCode::kBadGateway) << to_string(other);
  }
}

TEST(FinalAnswerTest, ModelIsMissingOnlyWhenEveryoneSaysSo) {
  EXPECT_EQ(code_of({kM}), ErrorCode::kNotFound);
  EXPECT_EQ(code_of({kM, kM}), ErrorCode::kNotFound);

  EXPECT_EQ(code_of({kM, kK}), ErrorCode::kBadGateway);
}

TEST(FinalAnswerTest, BodyThatSomeoneFoundTooLargeIsTooLarge) {
  EXPECT_EQ(code_of({kB}), ErrorCode::kRequestTooLarge);
  EXPECT_EQ(code_of({kB, kM}), ErrorCode::kRequestTooLarge);
}

TEST(FinalAnswerTest, RejectedCredentialsAreTheGatewaysFaultAndNotWorthARetry) {
  const FinalAnswer answer = answer_to({failed(kK), failed(kK)});

  EXPECT_EQ(answer.error.code, ErrorCode::kBadGateway);
  EXPECT_EQ(answer.should_retry, false);
  EXPECT_EQ(answer_to({failed(kM), failed(kK)}).should_retry, false);
}

TEST(FinalAnswerTest, ClientsDecideThemselvesAboutEverythingElse) {
  for (const AttemptOutcome outcome : {kL, kT, kTimeout, kB, kM}) {
    EXPECT_EQ(answer_to({failed(outcome)}).should_retry, std::nullopt) << to_string(outcome);
  }
}

TEST(FinalAnswerTest, SmallestRetryAfterOfAllIsTold) {
  EXPECT_EQ(answer_to({failed(kL, 90s), failed(kL, 20s), failed(kL)}).retry_after, 20);
  EXPECT_EQ(answer_to({failed(kL, 90s), overloaded(5s)}).retry_after, 5);
  EXPECT_EQ(answer_to({overloaded(40s), overloaded(30s)}).retry_after, 30);
}

TEST(FinalAnswerTest, RetryAfterIsWholeSecondsAndAtLeastOne) {
  EXPECT_EQ(answer_to({failed(kL, 0ms)}).retry_after, 1);
  EXPECT_EQ(answer_to({failed(kL, 1ms)}).retry_after, 1);
  EXPECT_EQ(answer_to({failed(kL, 1000ms)}).retry_after, 1);
  EXPECT_EQ(answer_to({failed(kL, 1001ms)}).retry_after, 2);
  EXPECT_EQ(answer_to({failed(kL, 3600s)}).retry_after, 3600);
}

TEST(FinalAnswerTest, RetryAfterIsNotInvented) {
  EXPECT_EQ(answer_to({failed(kL)}).retry_after, std::nullopt);
  EXPECT_EQ(answer_to({overloaded()}).retry_after, std::nullopt);
  EXPECT_EQ(answer_to({failed(kTimeout)}).retry_after, std::nullopt);
}

TEST(FinalAnswerTest, RetryAfterCountsThoseThatWereNotTriedBecauseTheyCool) {
  const std::vector<FailedAttempt> limited = {failed(kL, 90s)};
  EXPECT_EQ(final_answer(limited, 20s).retry_after, 20);
  EXPECT_EQ(final_answer(limited, 100s).retry_after, 90);
  EXPECT_EQ(final_answer(limited, 0ms).retry_after, 1);
  EXPECT_EQ(final_answer(std::vector{failed(kL)}, 1'500ms).retry_after, 2);
  EXPECT_EQ(final_answer(std::vector{overloaded()}, 7s).retry_after, 7);
  EXPECT_EQ(final_answer(std::vector{failed(kQ), failed(kT)}, 7s).retry_after, 7);
  EXPECT_EQ(final_answer(std::vector{failed(kQ)}, 7s).retry_after, std::nullopt);
}

// While one is well, the client had better come again at once.
TEST(FinalAnswerTest, AnOutageThatSaysNothingItselfEndsWithTheFirstRecovery) {
  EXPECT_EQ(final_answer(std::vector{failed(kT)}, 7s, true).retry_after, 7);
  EXPECT_EQ(final_answer(std::vector{failed(kTimeout)}, 1'500ms, true).retry_after, 2);
  EXPECT_EQ(final_answer(std::vector{failed(kT, 3s)}, 7s, true).retry_after, 3);
  EXPECT_EQ(final_answer(std::vector{failed(kT)}, std::nullopt, true).retry_after, std::nullopt);
  EXPECT_EQ(final_answer(std::vector{failed(kT)}, 7s, false).retry_after, std::nullopt);
  EXPECT_EQ(final_answer(std::vector{failed(kTimeout)}, 7s, false).retry_after, std::nullopt);
}

TEST(FinalAnswerTest, AnErrorThatIsHandedOnInAnOutageSaysWhenToComeBackWhereThatHelps) {
  for (const AttemptOutcome passing : {kL, kT, kTimeout}) {
    EXPECT_EQ(retry_after_outage(passing, 7s), 7) << to_string(passing);
    EXPECT_EQ(retry_after_outage(passing, 0ms), 1) << to_string(passing);
    EXPECT_EQ(retry_after_outage(passing, std::nullopt), std::nullopt) << to_string(passing);
  }
  for (const AttemptOutcome lasting : {kQ, kK, kM, kB}) {
    EXPECT_EQ(retry_after_outage(lasting, 7s), std::nullopt) << to_string(lasting);
  }
}

TEST(FinalAnswerTest, MessageListsEveryAttempt) {
  const FinalAnswer answer = answer_to({{"a", kL, false, {}, "HTTP 429"}, {"b", kTimeout, false, {}, "timeout"}});

  EXPECT_THAT(answer.error.message, AllOf(HasSubstr("gateway:"), HasSubstr("all 2"), HasSubstr("a: HTTP 429, b: timeout")));
}

TEST(FinalAnswerTest, MessageOfASingleAttemptNamesIt) {
  EXPECT_THAT(answer_to({{"a", kT, false, {}, "HTTP 500"}}).error.message, HasSubstr("(a: HTTP 500)"));
}

}  // namespace
}  // namespace balancer::gateway
