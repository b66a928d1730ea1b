#include "gateway/upstream/upstream_outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::HasSubstr;
using testing::Not;

// 1 November 2026, 00:00:00 UTC, a Sunday.
const auto kNow = std::chrono::system_clock::from_time_t(1793491200);

AttemptOutcome kind_of(int status, std::string_view type = {}, std::string_view message = {}, std::string_view code = {}) {
  return classify_error_answer({.status = status, .retry_after = {}, .error_type = type, .error_message = message,
                                .detail_code = code}, kNow).kind;
}

bool overloaded(int status, std::string_view type = {}, std::string_view message = {}) {
  return classify_error_answer({.status = status, .retry_after = {}, .error_type = type, .error_message = message,
                                .detail_code = {}}, kNow).overloaded;
}

TEST(UpstreamOutcomeTest, StatusAloneDecidesWhenNothingElseIsSaid) {
  const std::pair<int, AttemptOutcome> kMatrix[] = {
      {400, AttemptOutcome::kRequestFault}, {422, AttemptOutcome::kRequestFault},
      {401, AttemptOutcome::kCredentialsRejected}, {403, AttemptOutcome::kCredentialsRejected},
      {402, AttemptOutcome::kQuotaExhausted}, {404, AttemptOutcome::kModelMissing},
      {413, AttemptOutcome::kTooLarge}, {429, AttemptOutcome::kRateLimited},
      {408, AttemptOutcome::kTimeout}, {504, AttemptOutcome::kTimeout},
      {409, AttemptOutcome::kTransient}, {498, AttemptOutcome::kTransient},
      {500, AttemptOutcome::kTransient}, {501, AttemptOutcome::kTransient},
      {502, AttemptOutcome::kTransient}, {503, AttemptOutcome::kTransient},
      {520, AttemptOutcome::kTransient}, {524, AttemptOutcome::kTransient}, {529, AttemptOutcome::kTransient},
      // A base URL that leads elsewhere.
      {301, AttemptOutcome::kTransient}, {405, AttemptOutcome::kTransient},
      {406, AttemptOutcome::kTransient}, {415, AttemptOutcome::kTransient},
  };
  for (const auto& [status, kind] : kMatrix) {
    EXPECT_EQ(kind_of(status), kind) << status;
    EXPECT_EQ(classify_error_answer({.status = status, .retry_after = {}, .error_type = {}, .error_message = {},
                                     .detail_code = {}}, kNow).status, status);
  }
}

TEST(UpstreamOutcomeTest, ExhaustedQuotaIsKnownWhateverItsStatus) {
  EXPECT_EQ(kind_of(400, "invalid_request_error", "Your credit balance is too low to access the API"),
            AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "rate_limit_error", "", "enforced_spend_limit_reached"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "rate_limit_error", "", "contract_spend_limit_reached"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "insufficient_quota"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "billing_hard_limit_reached"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(403, "billing_error"), AttemptOutcome::kQuotaExhausted);
}

TEST(UpstreamOutcomeTest, OrdinaryRateLimitsAreNoQuota) {
  EXPECT_EQ(kind_of(429, "rate_limit_error", "credit balance is too low"), AttemptOutcome::kRateLimited);
  EXPECT_EQ(kind_of(429, "rate_limit_error", "", "ramp_limit_exceeded"), AttemptOutcome::kRateLimited);
}

TEST(UpstreamOutcomeTest, ContextOverflowIsTheRequestsOwnFaultWhateverItsStatus) {
  for (const int status : {400, 403, 413, 500}) {
    EXPECT_EQ(kind_of(status, "invalid_request_error", "Prompt is too long: 210000 tokens > 200000 maximum"),
              AttemptOutcome::kRequestFault) << status;
    EXPECT_EQ(kind_of(status, "", "This model's maximum context length is 8192 tokens"), AttemptOutcome::kRequestFault);
    EXPECT_EQ(kind_of(status, "", "", "context_length_exceeded"), AttemptOutcome::kRequestFault) << status;
  }
  EXPECT_EQ(kind_of(500, "api_error", "string too long"), AttemptOutcome::kTransient);
  EXPECT_EQ(kind_of(503, "api_error", "prompt is too long"), AttemptOutcome::kTransient);
}

TEST(UpstreamOutcomeTest, MissingResourceOfTheClientIsItsOwnFault) {
  EXPECT_EQ(kind_of(404, "not_found_error", "", "thread_not_found"), AttemptOutcome::kRequestFault);
}

TEST(UpstreamOutcomeTest, OverloadIsKnownByStatusTypeOrText) {
  EXPECT_TRUE(overloaded(529));
  EXPECT_TRUE(overloaded(503));
  EXPECT_TRUE(overloaded(498));
  EXPECT_TRUE(overloaded(500, "overloaded_error"));
  EXPECT_TRUE(overloaded(500, "api_error", "The server is Overloaded, try later"));

  EXPECT_FALSE(overloaded(500, "api_error", "boom"));
  EXPECT_FALSE(overloaded(429, "rate_limit_error", "not overloaded"));
  EXPECT_FALSE(overloaded(504));
}

TEST(UpstreamOutcomeTest, DetailNamesKnownTypesAndNeverTheProvidersText) {
  const UpstreamOutcome known = classify_error_answer({.status = 529, .retry_after = {}, .error_type = "overloaded_error",
      .error_message = "secret sk-123", .detail_code = "x"}, kNow);
  const UpstreamOutcome unknown = classify_error_answer({.status = 418, .retry_after = {}, .error_type = "sk-123",
      .error_message = "secret", .detail_code = "sk-123"}, kNow);

  EXPECT_EQ(known.detail, "HTTP 529 overloaded_error");
  EXPECT_EQ(unknown.detail, "HTTP 418");
}

TEST(UpstreamOutcomeTest, RetryAfterIsTakenFromTheAnswer) {
  const UpstreamOutcome outcome = classify_error_answer({.status = 429, .retry_after = "30", .error_type = {},
      .error_message = {}, .detail_code = {}}, kNow);

  EXPECT_EQ(outcome.retry_delay, 30s);
}

struct EventCase {
  std::string_view type;
  AttemptOutcome kind;
  int status;
};

TEST(UpstreamOutcomeTest, ErrorInsideAStreamCountsAsItsTypesStatus) {
  constexpr EventCase kCases[] = {
      {"overloaded_error", AttemptOutcome::kTransient, 529}, {"rate_limit_error", AttemptOutcome::kRateLimited, 429},
      {"api_error", AttemptOutcome::kTransient, 500}, {"invalid_request_error", AttemptOutcome::kRequestFault, 400},
      {"authentication_error", AttemptOutcome::kCredentialsRejected, 401},
      {"permission_error", AttemptOutcome::kCredentialsRejected, 403},
      {"billing_error", AttemptOutcome::kQuotaExhausted, 402}, {"not_found_error", AttemptOutcome::kModelMissing, 404},
      {"request_too_large", AttemptOutcome::kTooLarge, 413}, {"timeout_error", AttemptOutcome::kTimeout, 504},
      {"something_new", AttemptOutcome::kTransient, 500}, {"", AttemptOutcome::kTransient, 500},
  };
  for (const EventCase& expected : kCases) {
    const UpstreamOutcome outcome = classify_error_event(expected.type, "text");
    EXPECT_EQ(outcome.kind, expected.kind) << expected.type;
    EXPECT_EQ(outcome.status, expected.status) << expected.type;
    EXPECT_EQ(outcome.overloaded, expected.type == "overloaded_error") << expected.type;
    EXPECT_THAT(outcome.detail, testing::AllOf(HasSubstr("status 200"), Not(HasSubstr("text")))) << expected.type;
  }
  EXPECT_THAT(classify_error_event("something_new", "").detail, Not(HasSubstr("something_new")));
}

TEST(UpstreamOutcomeTest, TimeoutsAndOtherFailuresOfTheWireAreToldApart) {
  using enum UpstreamFailureKind;
  const auto kind = [](UpstreamFailureKind failure) { return classify_failure({failure, "", false}).kind; };

  for (const auto failure : {kConnectTimeout, kTlsTimeout, kFirstByteTimeout, kIdleTimeout, kTotalTimeout}) {
    EXPECT_EQ(kind(failure), AttemptOutcome::kTimeout) << to_string(failure);
  }
  for (const auto failure : {kResolve, kConnect, kProxy, kTls, kResetBeforeHead, kTruncated, kMalformed, kTooLarge}) {
    EXPECT_EQ(kind(failure), AttemptOutcome::kTransient) << to_string(failure);
  }
  EXPECT_EQ(kind(kCancelled), AttemptOutcome::kClientGone);
}

TEST(UpstreamOutcomeTest, FailureOfTheWireKeepsItsWordsAndHasNoStatus) {
  const UpstreamOutcome outcome = classify_failure({UpstreamFailureKind::kConnect, "connection refused", false});

  EXPECT_EQ(outcome.detail, "connection refused");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(classify_failure({UpstreamFailureKind::kConnect, "", false}).detail, to_string(UpstreamFailureKind::kConnect));
}

TEST(UpstreamOutcomeTest, UnusableAnswerIsTransient) {
  const UpstreamOutcome outcome = unusable_answer("HTML instead of an answer");

  EXPECT_EQ(outcome.kind, AttemptOutcome::kTransient);
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.detail, "HTML instead of an answer");
}

TEST(RetryAfterTest, ReadsSeconds) {
  EXPECT_EQ(parse_retry_after("30", kNow), 30s);
  EXPECT_EQ(parse_retry_after(" 0\t", kNow), 0s);
  EXPECT_EQ(parse_retry_after("1.5", kNow), 1500ms);
}

TEST(RetryAfterTest, LongerThanAWeekIsAWeek) {
  EXPECT_EQ(parse_retry_after("604801", kNow), 7 * 24h);
  EXPECT_EQ(parse_retry_after("99999999999999999999999999", kNow), 7 * 24h);
  EXPECT_EQ(parse_retry_after("Fri, 01 Jan 2100 00:00:00 GMT", kNow), 7 * 24h);
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", kNow), 7 * 24h);
}

TEST(RetryAfterTest, ReadsDatesInEveryFormOfHttp) {
  EXPECT_EQ(parse_retry_after("Sun, 01 Nov 2026 00:01:30 GMT", kNow), 90s);
  EXPECT_EQ(parse_retry_after("Sunday, 01-Nov-26 00:01:30 GMT", kNow), 90s);
  EXPECT_EQ(parse_retry_after("Sun Nov  1 00:01:30 2026", kNow), 90s);
  EXPECT_EQ(parse_retry_after("Sun, 01 Nov 2026 00:00:01 GMT", kNow + 250ms), 750ms);
}

TEST(RetryAfterTest, DateGoneBySaysNothing) {
  EXPECT_EQ(parse_retry_after("Sat, 31 Oct 2026 23:59:59 GMT", kNow), std::nullopt);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", kNow), std::nullopt);
  EXPECT_EQ(parse_retry_after("Sun, 01 Nov 2026 00:00:00 GMT", kNow), std::nullopt);
}

TEST(RetryAfterTest, WhatIsNeitherSecondsNorADateSaysNothing) {
  for (const char* value : {"", "  ", "-1", "+5", "soon", "5s", "5 6", "nan", "inf", "infinity", "0x10", "1e400", "--",
                            "Sun, 01 Nov 2026 00:01:30", "Sun, 01 Nov 2026 00:01:30 GMT+1", "2026-11-01T00:01:30Z"}) {
    EXPECT_EQ(parse_retry_after(value, kNow), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace balancer::gateway
