#include "gateway/upstream/sign_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;
using testing::HasSubstr;
using testing::Not;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kInstrumented = true;
#else
constexpr bool kInstrumented = false;
#endif

UnhealthySigns signs(std::vector<int> statuses, const std::vector<std::string>& bodies = {},
                     const std::vector<std::string>& exceptions = {}) {
  return {.statuses = std::move(statuses),
          .exception_patterns = TextPatterns::compile(exceptions).value(),
          .body_patterns = TextPatterns::compile(bodies).value()};
}

UpstreamOutcome judged(int status, std::string_view body, const UnhealthySigns& signs, std::string_view message = {}) {
  const ErrorAnswer answer{.status = status, .retry_after = {}, .error_type = "invalid_request_error",
                           .error_message = message, .detail_code = {}};
  return heed_answer_signs(classify_error_answer(answer, {}), answer, body, signs);
}

TEST(SignCheckTest, AListedStatusSpeaksAgainstTheProvider) {
  for (const int status : {400, 413, 422}) {
    EXPECT_EQ(judged(status, "", signs({status})).kind, AttemptOutcome::kTransient) << status;
    EXPECT_EQ(judged(status, "", signs({status})).status, status);
  }
  EXPECT_THAT(judged(400, "", signs({400})).detail, HasSubstr("listed"));
}

TEST(SignCheckTest, ABodyThatAPatternIsFoundInSpeaksAgainstTheProvider) {
  const UnhealthySigns no_accounts = signs({}, {"no available.*accounts"});

  EXPECT_EQ(judged(400, R"({"error":{"message":"No available Claude accounts"}})", no_accounts).kind,
            AttemptOutcome::kTransient);
  EXPECT_THAT(judged(400, "no available accounts", no_accounts).detail, Not(HasSubstr("accounts")));
}

TEST(SignCheckTest, WhatIsNotListedStaysTheClientsFault) {
  EXPECT_EQ(judged(400, "messages: required", signs({418}, {"overloaded"}, {"messages"})).kind,
            AttemptOutcome::kRequestFault);
  EXPECT_EQ(judged(413, "", signs({400})).kind, AttemptOutcome::kTooLarge);
  EXPECT_EQ(judged(400, "", {}).kind, AttemptOutcome::kRequestFault);
}

TEST(SignCheckTest, WhatCountsAlreadyKeepsItsClass) {
  const UnhealthySigns all = signs({401, 404, 429, 500}, {"."}, {"."});

  EXPECT_EQ(judged(401, "x", all).kind, AttemptOutcome::kCredentialsRejected);
  EXPECT_EQ(judged(404, "x", all).kind, AttemptOutcome::kModelMissing);
  EXPECT_EQ(judged(429, "x", all).kind, AttemptOutcome::kRateLimited);
  EXPECT_EQ(judged(500, "x", all).detail, "HTTP 500 invalid_request_error");
}

TEST(SignCheckTest, AConversationThatIsTooLongStaysTheClientsFault) {
  const UnhealthySigns all = signs({400, 500}, {"too long"});

  EXPECT_EQ(judged(400, "too long", all, "prompt is too long: 2 > 1").kind, AttemptOutcome::kRequestFault);
  EXPECT_EQ(judged(500, "too long", all, "prompt is too long: 2 > 1").kind, AttemptOutcome::kRequestFault);
}

TEST(SignCheckTest, ARequestThatGoesInACircleStaysItsOwnFault) {
  const UnhealthySigns all = signs({508}, {"api_error"});
  const ErrorAnswer loop{.status = 508, .retry_after = {}, .error_type = "api_error", .error_message = {},
                         .detail_code = "request_loop"};

  EXPECT_EQ(heed_answer_signs(classify_error_answer(loop, {}), loop, "api_error", all).kind,
            AttemptOutcome::kRequestFault);
}

// Of this thread, so that no other program's time counts.
std::chrono::nanoseconds thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Four megabytes of what keeps an expression undecided as long as can be.
std::string hostile_text() {
  std::mt19937 random(1);
  std::string text;
  for (int i = 0; i < 4 * 1024 * 1024; ++i) text += random() % 2 == 0 ? 'a' : 'b';
  return text;
}

std::chrono::nanoseconds best_search(const std::string& expression, std::string_view body) {
  const UnhealthySigns one = signs({}, {expression});
  std::chrono::nanoseconds best = std::chrono::hours(1);
  for (int i = 0; i < 4; ++i) {
    const auto began = thread_time();
    EXPECT_EQ(judged(400, body, one).kind, AttemptOutcome::kRequestFault);
    best = std::min(best, thread_time() - began);
  }
  return best;
}

// What makes other engines explode, and what operators write.
TEST(SignCheckTest, FourHostileMegabytesAreSearchedInTenMilliseconds) {
  const std::string text = hostile_text();
  std::chrono::nanoseconds slowest{};

  for (const char* expression : {"(.*a){20}c", "(a*)*c", "(a+)+c", "(a|aa)+c", "(a|b|ab)*c", "(x+x+)+y", "[ab]*[ab]*[ab]*c",
                                 "^(([a-z])+.)+[0-9]([a-z])+$", "a[ab]{20}c", "a.{20}b.{20}c", "no available.*accounts",
                                 "account.{0,40}(banned|disabled|suspended)", "error.{0,80}(over|under)loaded"}) {
    const auto took = best_search(expression, text);

    slowest = std::max(slowest, took);
    EXPECT_LE(took, std::chrono::milliseconds(kInstrumented ? 200 : 10)) << expression;
  }

  RecordProperty("slowest_microseconds", static_cast<int>(slowest.count() / 1000));
}

// The most that an expression may take is what the beginning takes, whatever its length: 500 times as much is behind it.
TEST(SignCheckTest, AnExpressionThatCountsFarIsStoppedByTheEndOfWhatIsSearched) {
  const std::string text = hostile_text();
  const std::string expression = "(a|aa)+[ab]{0,200}a[ab]{200}c";

  const auto beginning = best_search(expression, std::string_view(text).substr(0, 8 * 1024));
  const auto whole = best_search(expression, text);

  EXPECT_LE(whole, 10 * beginning);
  RecordProperty("microseconds", static_cast<int>(whole.count() / 1000));
}

TEST(SignCheckTest, OnlyTheBeginningOfABodyIsSearched) {
  const std::string filler(8 * 1024, 'x');

  EXPECT_EQ(judged(400, filler.substr(4) + "busy", signs({}, {"busy"})).kind, AttemptOutcome::kTransient);
  EXPECT_EQ(judged(400, filler + "busy", signs({}, {"busy"})).kind, AttemptOutcome::kRequestFault);
}

TEST(SignCheckTest, AListedStatusMakesAFailureOfASuccess) {
  EXPECT_TRUE(is_listed(202, signs({418, 202})));
  EXPECT_FALSE(is_listed(200, signs({418, 202})));
  EXPECT_EQ(listed_answer(202).kind, AttemptOutcome::kTransient);
  EXPECT_EQ(listed_answer(202).status, 202);
}

// Without a pattern, too, a connection that fails counts; with one, nothing that is said of it can make it count less.
TEST(SignCheckTest, AConnectionThatFailsCountsWhateverIsSaidOfIt) {
  const UnhealthySigns refused = signs({}, {}, {"refused"});
  const auto failed = [](UpstreamFailureKind kind, std::string detail) {
    return classify_failure({kind, std::move(detail), false});
  };

  EXPECT_EQ(heed_connection_signs(failed(UpstreamFailureKind::kConnect, "Connection refused"), refused).kind,
            AttemptOutcome::kTransient);
  EXPECT_EQ(heed_connection_signs(failed(UpstreamFailureKind::kConnectTimeout, "refused"), refused).kind,
            AttemptOutcome::kTimeout);
  EXPECT_EQ(heed_connection_signs(failed(UpstreamFailureKind::kTls, "bad certificate"), refused).kind,
            AttemptOutcome::kTransient);
}

TEST(SignCheckTest, APatternFoundInAConnectionErrorMakesItCount) {
  const UnhealthySigns refused = signs({}, {}, {"REFUSED"});
  UpstreamOutcome neutral;
  neutral.kind = AttemptOutcome::kRequestFault;
  neutral.detail = "Connection refused";

  EXPECT_EQ(heed_connection_signs(neutral, refused).kind, AttemptOutcome::kTransient);
  neutral.detail = "reset";
  EXPECT_EQ(heed_connection_signs(neutral, refused).kind, AttemptOutcome::kRequestFault);
}

TEST(SignCheckTest, AClientThatLeftIsNobodysFailure) {
  const UpstreamOutcome gone = classify_failure({UpstreamFailureKind::kCancelled, "cancelled", false});

  EXPECT_EQ(heed_connection_signs(gone, signs({}, {}, {"cancelled"})).kind, AttemptOutcome::kClientGone);
}

}  // namespace
}  // namespace balancer::gateway
