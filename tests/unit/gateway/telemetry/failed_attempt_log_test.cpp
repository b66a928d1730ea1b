#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/telemetry/access_log.hpp"
#include "tests/unit/gateway/telemetry/log_file.hpp"
#include "tests/unit/gateway/telemetry/records.hpp"

namespace balancer::gateway {
namespace {

using enum routing::AttemptOutcome;
using nlohmann::json;
using testing::IsEmpty;
using testing::SizeIs;

class FailedAttemptLogTest : public testing::Test {
 protected:
  static std::vector<json> lines_of(const AttemptRecord& attempt) {
    const LogFile file;
    log_failed_attempt(answered_record(), attempt);
    return file.lines();
  }
};

TEST_F(FailedAttemptLogTest, SaysWhoFailedAndHow) {
  AttemptRecord attempt = failure_at("second", kTransient);
  attempt.upstream_request_id = "req_failed";

  const std::vector<json> lines = lines_of(attempt);

  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].at("level"), "WARNING");
  EXPECT_EQ(lines[0].at("event"), "upstream attempt failed");
  EXPECT_EQ(lines[0].at("request_id"), "req_1");
  EXPECT_EQ(lines[0].at("provider"), "second");
  EXPECT_EQ(lines[0].at("model"), "gpt-5");
  EXPECT_EQ(lines[0].at("outcome"), "transient");
  EXPECT_EQ(lines[0].at("detail"), "HTTP 529");
  EXPECT_EQ(lines[0].at("upstream_request_id"), "req_failed");
  EXPECT_DOUBLE_EQ(lines[0].at("response_time"), 0.1);
}

TEST_F(FailedAttemptLogTest, EveryFailureOfAProviderIsTold) {
  for (const routing::AttemptOutcome outcome :
       {kCredentialsRejected, kQuotaExhausted, kModelMissing, kRateLimited, kTransient, kTimeout, kTooLarge}) {
    EXPECT_THAT(lines_of(failure_at("first", outcome)), SizeIs(1)) << to_string(outcome);
  }
}

TEST_F(FailedAttemptLogTest, WhatSpeaksAgainstNobodyIsNot) {
  for (const routing::AttemptOutcome outcome : {kSuccess, kRequestFault, kClientGone, kNotSent, kAnswering}) {
    EXPECT_THAT(lines_of(failure_at("first", outcome)), IsEmpty()) << to_string(outcome);
  }
}

}  // namespace
}  // namespace balancer::gateway
