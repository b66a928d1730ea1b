#include "common/routing/cooldown_policy.hpp"

#include <gtest/gtest.h>

namespace balancer::routing {
namespace {

using namespace std::chrono_literals;

AttemptReport failure(AttemptOutcome outcome, std::optional<std::chrono::milliseconds> retry_delay = std::nullopt) {
  AttemptReport report;
  report.outcome = outcome;
  report.retry_delay = retry_delay;
  return report;
}

std::chrono::milliseconds cooldown(const AttemptReport& report, unsigned earlier = 0, double jitter = 0,
                                   const CooldownSettings& settings = {}) {
  return cooldown_of(report, earlier, jitter, settings);
}

TEST(CooldownPolicyTest, DoublesFromThirtySecondsToFiveMinutes) {
  const AttemptReport report = failure(AttemptOutcome::kTransient);

  EXPECT_EQ(cooldown(report, 0), 30s);
  EXPECT_EQ(cooldown(report, 1), 60s);
  EXPECT_EQ(cooldown(report, 2), 120s);
  EXPECT_EQ(cooldown(report, 3), 240s);
  EXPECT_EQ(cooldown(report, 4), 300s);
  EXPECT_EQ(cooldown(report, 4'000'000'000U), 300s);
}

TEST(CooldownPolicyTest, DoublesBetweenTheConfiguredEnds) {
  const AttemptReport report = failure(AttemptOutcome::kTimeout);

  EXPECT_EQ(cooldown(report, 0, 0, {.base = 5s, .limit = 15s}), 5s);
  EXPECT_EQ(cooldown(report, 1, 0, {.base = 5s, .limit = 15s}), 10s);
  EXPECT_EQ(cooldown(report, 2, 0, {.base = 5s, .limit = 15s}), 15s);
  EXPECT_EQ(cooldown(report, 3, 0, {.base = 90s, .limit = 30s}), 90s) << "a limit below the base is no shorter than it";
  EXPECT_EQ(cooldown(report, 40'000, 0, {.base = 0s, .limit = 15s}), 0s);
}

TEST(CooldownPolicyTest, JitterLengthensByUpToAFifth) {
  const AttemptReport report = failure(AttemptOutcome::kTransient);

  EXPECT_EQ(cooldown(report, 0, 0.5), 33s);
  EXPECT_LE(cooldown(report, 0, 0.999'999), 36s);
  EXPECT_GT(cooldown(report, 0, 0.999'999), 35'900ms);
}

TEST(CooldownPolicyTest, RetryAfterIsBelievedToTheSecondUpToTheLimit) {
  for (const auto outcome : {AttemptOutcome::kRateLimited, AttemptOutcome::kTransient, AttemptOutcome::kTimeout}) {
    EXPECT_EQ(cooldown(failure(outcome, 7s), 3, 0.9), 7s);
    EXPECT_EQ(cooldown(failure(outcome, 24h), 0, 0.9), 300s);
    EXPECT_EQ(cooldown(failure(outcome, 0s)), 0s);
    EXPECT_EQ(cooldown(failure(outcome, -5s)), 0s);
    EXPECT_EQ(cooldown(failure(outcome, 24h), 0, 0, {.base = 5s, .limit = 60s}), 60s);
  }
}

TEST(CooldownPolicyTest, ARateLimitWithoutATimeLastsTenSeconds) {
  EXPECT_EQ(cooldown(failure(AttemptOutcome::kRateLimited)), 10s);
  EXPECT_EQ(cooldown(failure(AttemptOutcome::kRateLimited), 2), 40s);
}

TEST(CooldownPolicyTest, WrongKeysEmptyAccountsAndMissingModelsLastLongWhateverTimeTheProviderNames) {
  for (const std::optional<std::chrono::milliseconds> named : {std::optional<std::chrono::milliseconds>(), {1s}}) {
    EXPECT_EQ(cooldown(failure(AttemptOutcome::kCredentialsRejected, named)), 5min);
    EXPECT_EQ(cooldown(failure(AttemptOutcome::kCredentialsRejected, named), 9), 10min);
    EXPECT_EQ(cooldown(failure(AttemptOutcome::kQuotaExhausted, named)), 10min);
    EXPECT_EQ(cooldown(failure(AttemptOutcome::kQuotaExhausted, named), 9), 1h);
    EXPECT_EQ(cooldown(failure(AttemptOutcome::kModelMissing, named)), 10min);
  }
}

TEST(CooldownPolicyTest, OnlyARateLimitWithoutATimeAndAMissingModelConcernOneModel) {
  EXPECT_EQ(scope_of(AttemptOutcome::kRateLimited, /*names_delay=*/false), FailureScope::kModel);
  EXPECT_EQ(scope_of(AttemptOutcome::kRateLimited, /*names_delay=*/true), FailureScope::kProvider);
  EXPECT_EQ(scope_of(AttemptOutcome::kModelMissing, false), FailureScope::kModel);
  EXPECT_EQ(scope_of(AttemptOutcome::kModelMissing, true), FailureScope::kModel);
  for (const auto outcome : {AttemptOutcome::kCredentialsRejected, AttemptOutcome::kQuotaExhausted,
                             AttemptOutcome::kTransient, AttemptOutcome::kTimeout}) {
    EXPECT_EQ(scope_of(outcome, false), FailureScope::kProvider) << to_string(outcome);
  }
}

TEST(CooldownPolicyTest, WhatTheProviderExplainsItselfCoolsAtOnce) {
  for (const auto outcome : {AttemptOutcome::kCredentialsRejected, AttemptOutcome::kQuotaExhausted,
                             AttemptOutcome::kModelMissing, AttemptOutcome::kRateLimited}) {
    EXPECT_TRUE(cools_at_once(outcome, false)) << to_string(outcome);
  }
  for (const auto outcome : {AttemptOutcome::kTransient, AttemptOutcome::kTimeout}) {
    EXPECT_FALSE(cools_at_once(outcome, false)) << to_string(outcome);
    EXPECT_TRUE(cools_at_once(outcome, true)) << to_string(outcome);
  }
}

}  // namespace
}  // namespace balancer::routing
