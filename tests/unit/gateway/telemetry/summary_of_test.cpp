#include "gateway/telemetry/summary_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/gateway/telemetry/records.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::IsEmpty;
using testing::SizeIs;

TEST(SummaryOfTest, SaysWhereARequestWentAndHowItWas) {
  RequestRecord record = answered_record();
  record.stream = true;

  const routing::RequestSummary summary = summary_of(record);

  EXPECT_EQ(summary.request_id, "req_1");
  EXPECT_EQ(summary.model, "claude-sonnet-4-5");
  EXPECT_EQ(summary.caller, "alice");
  EXPECT_EQ(summary.route, "claude-sonnet-4-5");
  EXPECT_TRUE(summary.stream);
  EXPECT_EQ(summary.cache, CacheOutcome::kMiss);
  EXPECT_EQ(summary.status, 200);
  EXPECT_EQ(summary.outcome, AttemptOutcome::kSuccess);
  EXPECT_EQ(summary.total_time, 1s);
  EXPECT_EQ(summary.time_to_first_byte, 400ms);
  EXPECT_EQ(summary.provider, "first");
  EXPECT_EQ(summary.upstream_model, "gpt-5");
  EXPECT_EQ(summary.upstream_request_id, "req_upstream");
  EXPECT_EQ(summary.input_token_count, 123);
  EXPECT_EQ(summary.output_token_count, 7);
  EXPECT_FALSE(summary.planned_by_gateway);
  EXPECT_THAT(summary.error, IsEmpty());
}

TEST(SummaryOfTest, AttemptsComeInTheirOrder) {
  RequestRecord record;
  note(record, failure_at("first", AttemptOutcome::kTransient));
  note(record, success_at("second"));

  const routing::RequestSummary summary = summary_of(record);

  ASSERT_THAT(summary.attempts, SizeIs(2));
  EXPECT_EQ(summary.attempts[0].provider, "first");
  EXPECT_EQ(summary.attempts[0].upstream_model, "gpt-5");
  EXPECT_EQ(summary.attempts[0].outcome, AttemptOutcome::kTransient);
  EXPECT_EQ(summary.attempts[0].status, 529);
  EXPECT_EQ(summary.attempts[0].detail, "HTTP 529");
  EXPECT_EQ(summary.attempts[0].total_time, 100ms);
  EXPECT_EQ(summary.attempts[1].provider, "second");
  EXPECT_EQ(summary.attempts[1].outcome, AttemptOutcome::kSuccess);
}

TEST(SummaryOfTest, ARefusalSaysWhyAndHasNoAttempts) {
  RequestRecord record;
  ask(record);
  record.status = 529;
  record.outcome = AttemptOutcome::kNotSent;
  record.error = "every provider cools";
  record.planned_by_gateway = true;

  const routing::RequestSummary summary = summary_of(record);

  EXPECT_EQ(summary.status, 529);
  EXPECT_EQ(summary.outcome, AttemptOutcome::kNotSent);
  EXPECT_EQ(summary.error, "every provider cools");
  EXPECT_EQ(summary.cache, std::nullopt);
  EXPECT_EQ(summary.time_to_first_byte, std::nullopt);
  EXPECT_TRUE(summary.planned_by_gateway);
  EXPECT_THAT(summary.attempts, IsEmpty());
}

}  // namespace
}  // namespace balancer::gateway
