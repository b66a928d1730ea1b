#include "controlplane/health/cooldown.hpp"

#include "tests/unit/controlplane/health/cooldown_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;

class CooldownTest : public CooldownFixture {};

TEST_F(CooldownTest, BeginsWithTheThirdFailureInARow) {
  EXPECT_FALSE(fail(transient()));
  EXPECT_FALSE(fail(report(AttemptOutcome::kTimeout)));
  EXPECT_FALSE(cooldown_.cooling());

  EXPECT_TRUE(fail(transient()));

  EXPECT_TRUE(cooldown_.condition(clock_.now()).cooling);
  EXPECT_EQ(remaining(), 30s);
  EXPECT_FALSE(probe_due());
}

TEST_F(CooldownTest, BeginsWithAsManyFailuresAsConfigured) {
  settings_.failure_threshold = 1;
  settings_.cooldown = {.base = 5s, .limit = 60s};

  EXPECT_TRUE(fail(transient()));

  EXPECT_EQ(remaining(), 5s);
}

TEST_F(CooldownTest, BeginsAtOnceWhenTheProviderSaysWhy) {
  for (const auto outcome : {AttemptOutcome::kCredentialsRejected, AttemptOutcome::kQuotaExhausted,
                             AttemptOutcome::kModelMissing, AttemptOutcome::kRateLimited}) {
    cooldown_ = {};

    EXPECT_TRUE(fail(report(outcome))) << to_string(outcome);

    EXPECT_TRUE(cooldown_.cooling());
  }
}

TEST_F(CooldownTest, WrongKeysAndEmptyAccountsCoolForLong) {
  fail(report(AttemptOutcome::kCredentialsRejected));
  EXPECT_EQ(remaining(), 5min);

  fail(report(AttemptOutcome::kQuotaExhausted));
  EXPECT_EQ(remaining(), 10min);
}

TEST_F(CooldownTest, BeginsAtOnceAndForRetryAfterWhenTheProviderSentOne) {
  AttemptReport overloaded = transient();
  overloaded.retry_delay = 17s;

  EXPECT_TRUE(fail(overloaded));

  EXPECT_EQ(remaining(), 17s);
}

TEST_F(CooldownTest, BelievesNoRetryAfterBeyondTheLimit) {
  fail(rate_limited(24h));

  EXPECT_EQ(remaining(), 5min);
}

TEST_F(CooldownTest, CountsRetryAfterFromTheEndOfTheAttempt) {
  AttemptReport late = rate_limited(60s);
  late.age = 20s;

  fail(late);

  EXPECT_EQ(remaining(), 40s);
}

TEST_F(CooldownTest, ASuccessBetweenStartsTheCountAnew) {
  fail(transient());
  fail(transient());
  succeed();
  fail(transient());
  fail(transient());
  EXPECT_FALSE(cooldown_.cooling());

  fail(transient());

  EXPECT_TRUE(cooldown_.cooling());
}

TEST_F(CooldownTest, ASuccessBetweenChangesNothingWhenConfiguredSo) {
  settings_.reset_on_success = false;
  fail(transient());
  fail(transient());
  succeed();

  fail(transient());

  EXPECT_TRUE(cooldown_.cooling());
}

TEST_F(CooldownTest, ForgetsFailuresThatAreOld) {
  settings_.reset_timeout = 300s;
  fail(transient());
  fail(transient());
  clock_.advance(301s);

  fail(transient());

  EXPECT_FALSE(cooldown_.cooling());
  EXPECT_EQ(cooldown_.failure_count(), 1);
}

TEST_F(CooldownTest, RemembersFailuresUntilTheyAreOld) {
  settings_.reset_timeout = 300s;
  fail(transient());
  fail(transient());
  clock_.advance(300s);

  fail(transient());

  EXPECT_TRUE(cooldown_.cooling());
}

TEST_F(CooldownTest, AnAnswerOlderThanAFailureTakesOnlyOneOffTheCount) {
  fail(transient());
  fail(transient());
  clock_.advance(10s);

  succeed(success(/*took=*/20s));

  EXPECT_EQ(cooldown_.failure_count(), 1);
}

// Answers take long, failures do not: with one failure in a hundred there are always some since an answer began.
TEST_F(CooldownTest, AFewFailuresAmongManyLongAnswersAreNotARow) {
  for (int i = 0; i < 1'000; ++i) {
    clock_.advance(100ms);
    if (i % 100 == 0) {
      fail(transient());
    } else {
      succeed(success(/*took=*/30s));
    }
    ASSERT_FALSE(cooldown_.cooling()) << i;
  }
}

// The streams that were open before go on, but nothing new is served any more.
TEST_F(CooldownTest, OldAnswersThatEndMeanwhileDoNotHideAnOutage) {
  for (int i = 0; i < 10 && !cooldown_.cooling(); ++i) {
    for (int each = 0; each < 2; ++each) {
      clock_.advance(50ms);
      fail(transient());
    }
    succeed(success(/*took=*/30s));
  }

  EXPECT_TRUE(cooldown_.cooling());
}

TEST_F(CooldownTest, EndsOnlyEverLater) {
  fail(rate_limited(120s));
  clock_.advance(10s);

  EXPECT_FALSE(fail(rate_limited(5s)));
  EXPECT_EQ(remaining(), 110s);

  EXPECT_TRUE(fail(rate_limited(200s)));
  EXPECT_EQ(remaining(), 200s);
}

TEST_F(CooldownTest, IsExtendedByAFailureThatBeganAfterIt) {
  fail_three_times();
  clock_.advance(20s);

  EXPECT_TRUE(fail(transient(/*took=*/20s)));

  EXPECT_EQ(remaining(), 30s);
}

TEST_F(CooldownTest, IsNotExtendedByAFailureThatBeganBeforeIt) {
  fail_three_times();
  clock_.advance(20s);

  EXPECT_FALSE(fail(transient(/*took=*/21s)));

  EXPECT_EQ(remaining(), 10s);
}

TEST_F(CooldownTest, IsExtendedByAnOldAttemptWhenTheProviderNamesATime) {
  fail_three_times();
  clock_.advance(20s);

  EXPECT_TRUE(fail(rate_limited(60s, /*took=*/21s)));

  EXPECT_EQ(remaining(), 60s);
}

TEST_F(CooldownTest, GrowthIsNewsOnceItAddsUpToASecond) {
  fail(rate_limited(60s));
  clock_.advance(600ms);
  EXPECT_FALSE(fail(rate_limited(60s)));

  clock_.advance(600ms);

  EXPECT_TRUE(fail(rate_limited(60s)));
}

TEST_F(CooldownTest, IsNotEndedByASuccessOfAnAttemptThatBeganBeforeTheFailure) {
  fail(rate_limited(60s));
  clock_.advance(10s);

  EXPECT_FALSE(succeed(success(/*took=*/11s)));

  EXPECT_EQ(remaining(), 50s);
}

TEST_F(CooldownTest, IsNotEndedByASuccessThatCameBeforeTheLastFailure) {
  fail(rate_limited(60s));
  clock_.advance(10s);
  fail(transient());

  EXPECT_FALSE(succeed(success(/*took=*/5s)));

  EXPECT_TRUE(cooldown_.cooling());
}

TEST_F(CooldownTest, IsEndedByASuccessOfALaterAttempt) {
  fail(rate_limited(60s));
  clock_.advance(10s);

  EXPECT_TRUE(succeed(success(/*took=*/5s)));

  EXPECT_FALSE(cooldown_.cooling());
  EXPECT_EQ(cooldown_.failure_count(), 0);
}

// Requests that hung during the outage time out long after it.
TEST_F(CooldownTest, WhatBeganBeforeItsEndDoesNotCountAgainstTheProviderAfterwards) {
  fail_three_times();
  const ProbeId probe = take_probe();
  clock_.advance(2s);
  succeed(success(/*took=*/2s), probe);
  clock_.advance(10s);

  for (int i = 0; i < 10; ++i) EXPECT_FALSE(fail(report(AttemptOutcome::kTimeout, /*took=*/30s)));

  EXPECT_FALSE(cooldown_.cooling());
  EXPECT_EQ(cooldown_.failure_count(), 0);
}

TEST_F(CooldownTest, AnOperatorsHoldIsNotEndedBySuccesses) {
  EXPECT_TRUE(cooldown_.hold(5min, moment()));
  clock_.advance(1min);

  EXPECT_FALSE(succeed());
  EXPECT_EQ(remaining(), 4min);

  clock_.advance(4min);
  EXPECT_TRUE(probe_due());
  EXPECT_TRUE(succeed(success(), take_probe()));
  EXPECT_FALSE(cooldown_.cooling());
}

TEST_F(CooldownTest, AnOperatorsHoldIsNotShortenedByAShorterOne) {
  cooldown_.hold(5min, moment());

  cooldown_.hold(1min, moment());

  EXPECT_EQ(remaining(), 5min);
}

TEST_F(CooldownTest, AnOperatorsHoldOutlivesTheFailuresCooldown) {
  fail_three_times();
  cooldown_.hold(5min, moment());
  clock_.advance(40s);

  EXPECT_FALSE(succeed()) << "it ends the failures' cooldown, not the hold";

  EXPECT_EQ(remaining(), 260s);
}

TEST_F(CooldownTest, AnOperatorRestoresItAtOnceAndOldFailuresDoNotBringItBack) {
  cooldown_.hold(5min, moment());
  fail_three_times();

  EXPECT_TRUE(cooldown_.restore(clock_.now()));

  EXPECT_FALSE(cooldown_.cooling());
  EXPECT_EQ(cooldown_.failure_count(), 0);
  clock_.advance(1s);
  for (int i = 0; i < 3; ++i) fail(transient(/*took=*/5s));
  EXPECT_FALSE(cooldown_.cooling());
  EXPECT_FALSE(cooldown_.restore(clock_.now())) << "there is nothing to restore";
}

TEST_F(CooldownTest, TakesOverWhatAFormerControlPlaneKnewIfThatEndsLater) {
  EXPECT_TRUE(cooldown_.adopt(60s, "HTTP 529", moment()));
  EXPECT_EQ(remaining(), 60s);
  EXPECT_EQ(cooldown_.last_error(), "HTTP 529");

  EXPECT_FALSE(cooldown_.adopt(20s, "other", moment()));
  EXPECT_EQ(remaining(), 60s);

  EXPECT_TRUE(cooldown_.adopt(90s, "other", moment()));
  EXPECT_EQ(remaining(), 90s);
  EXPECT_EQ(cooldown_.last_error(), "HTTP 529");
}

TEST_F(CooldownTest, WhatItTookOverEndsWithAProbeToo) {
  cooldown_.adopt(60s, "", moment());
  EXPECT_FALSE(succeed(success(/*took=*/1s))) << "it began before";

  EXPECT_TRUE(succeed(success(), take_probe()));
}

TEST_F(CooldownTest, TellsWhatWentWrongLastAndWhen) {
  AttemptReport refused = transient();
  refused.detail = "connect refused";
  refused.age = 3s;

  fail(refused);

  EXPECT_EQ(cooldown_.last_error(), "connect refused");
  EXPECT_EQ(cooldown_.last_failure_time(), clock_.wall_now() - 3s);

  fail(report(AttemptOutcome::kTimeout));
  EXPECT_EQ(cooldown_.last_error(), "timeout");
}

// Only the steady clock counts.
TEST_F(CooldownTest, StepsOfTheWallClockChangeNothing) {
  fail(rate_limited(60s));

  clock_.set_wall(clock_.wall_now() + 1h);
  EXPECT_EQ(remaining(), 60s);
  clock_.set_wall(clock_.wall_now() - 2h);

  EXPECT_EQ(remaining(), 60s);
  EXPECT_FALSE(probe_due());
}

}  // namespace
}  // namespace balancer::controlplane
