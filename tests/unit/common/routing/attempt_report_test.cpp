#include "common/routing/attempt_report.hpp"

#include <gtest/gtest.h>

namespace balancer::routing {
namespace {

TEST(AttemptReportTest, WhatTheClientCausedDoesNotSpeakAgainstTheProvider) {
  EXPECT_FALSE(is_provider_failure(AttemptOutcome::kSuccess));
  EXPECT_FALSE(is_provider_failure(AttemptOutcome::kRequestFault));
  EXPECT_FALSE(is_provider_failure(AttemptOutcome::kTooLarge));
  EXPECT_FALSE(is_provider_failure(AttemptOutcome::kClientGone));
}

TEST(AttemptReportTest, WhatWasNotSentOrHasNotEndedDoesNotSpeakAgainstTheProvider) {
  EXPECT_FALSE(is_provider_failure(AttemptOutcome::kNotSent));
  EXPECT_FALSE(is_provider_failure(AttemptOutcome::kAnswering));
}

TEST(AttemptReportTest, WhatTheProviderCausedDoes) {
  for (const auto outcome : {AttemptOutcome::kCredentialsRejected, AttemptOutcome::kQuotaExhausted,
                             AttemptOutcome::kModelMissing, AttemptOutcome::kRateLimited, AttemptOutcome::kTransient, AttemptOutcome::kTimeout}) {
    EXPECT_TRUE(is_provider_failure(outcome)) << to_string(outcome);
  }
}

TEST(AttemptReportTest, OutcomesHaveTheNamesThatMetricsShow) {
  EXPECT_EQ(to_string(AttemptOutcome::kSuccess), "success");
  EXPECT_EQ(to_string(AttemptOutcome::kRequestFault), "request_fault");
  EXPECT_EQ(to_string(AttemptOutcome::kCredentialsRejected), "credentials_rejected");
  EXPECT_EQ(to_string(AttemptOutcome::kQuotaExhausted), "quota_exhausted");
  EXPECT_EQ(to_string(AttemptOutcome::kModelMissing), "model_missing");
  EXPECT_EQ(to_string(AttemptOutcome::kRateLimited), "rate_limited");
  EXPECT_EQ(to_string(AttemptOutcome::kTransient), "transient");
  EXPECT_EQ(to_string(AttemptOutcome::kTimeout), "timeout");
  EXPECT_EQ(to_string(AttemptOutcome::kTooLarge), "too_large");
  EXPECT_EQ(to_string(AttemptOutcome::kClientGone), "client_gone");
  EXPECT_EQ(to_string(AttemptOutcome::kNotSent), "not_sent");
  EXPECT_EQ(to_string(AttemptOutcome::kAnswering), "answering");
}

}  // namespace
}  // namespace balancer::routing
