#include "controlplane/health/provider_health.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;

AttemptReport report(AttemptOutcome outcome) {
  AttemptReport made;
  made.outcome = outcome;
  return made;
}

AttemptReport rate_limited(std::chrono::milliseconds retry_delay) {
  AttemptReport made = report(AttemptOutcome::kRateLimited);
  made.retry_delay = retry_delay;
  return made;
}

AttemptReport probe(AttemptOutcome outcome) {
  AttemptReport made = report(outcome);
  made.probe = true;
  return made;
}

class ProviderHealthTest : public testing::Test {
 protected:
  bool record(const AttemptReport& what) {
    return health_.record(what, settings_, {clock_.now(), clock_.wall_now()});
  }
  auto remaining() { return health_.remaining_cooldown(clock_.now()); }
  bool probe_due() { return health_.condition(clock_.now()).probe_due; }
  bool take_probe() { return health_.take_probe(clock_.now()); }

  FakeClock clock_;
  HealthSettings settings_;
  ProviderHealth health_;
};

TEST_F(ProviderHealthTest, CoolsForTheConfiguredTimeAfterAFailure) {
  EXPECT_TRUE(record(report(AttemptOutcome::kTransient)));

  EXPECT_TRUE(health_.condition(clock_.now()).cooling);
  EXPECT_EQ(remaining(), 180s);
  EXPECT_FALSE(probe_due());
}

TEST_F(ProviderHealthTest, CoolsForRetryAfterWhenTheProviderSentOne) {
  record(rate_limited(30s));

  EXPECT_EQ(remaining(), 30s);
}

TEST_F(ProviderHealthTest, BelievesNoRetryAfterBeyondFiveMinutes) {
  record(rate_limited(24h));

  EXPECT_EQ(remaining(), 5min);
}

TEST_F(ProviderHealthTest, MovesTheEndOfACooldownOnlyLater) {
  record(rate_limited(120s));
  clock_.advance(10s);

  EXPECT_FALSE(record(rate_limited(5s)));
  EXPECT_EQ(remaining(), 110s);

  EXPECT_TRUE(record(rate_limited(200s)));
  EXPECT_EQ(remaining(), 200s);
}

TEST_F(ProviderHealthTest, AnnouncesAnExtensionOnlyOnceItAddsUpToASecond) {
  record(rate_limited(60s));
  clock_.advance(600ms);
  EXPECT_FALSE(record(rate_limited(60s)));

  clock_.advance(600ms);

  EXPECT_TRUE(record(rate_limited(60s)));
}

TEST_F(ProviderHealthTest, CoolsOnlyOnceTheThresholdIsReached) {
  settings_.failure_threshold = 3;
  EXPECT_FALSE(record(report(AttemptOutcome::kTimeout)));
  EXPECT_FALSE(record(report(AttemptOutcome::kTimeout)));
  EXPECT_FALSE(health_.cooling());

  EXPECT_TRUE(record(report(AttemptOutcome::kTimeout)));

  EXPECT_TRUE(health_.cooling());
}

TEST_F(ProviderHealthTest, ForgetsFailuresOnSuccessUnlessConfiguredOtherwise) {
  settings_.failure_threshold = 2;
  record(report(AttemptOutcome::kTransient));
  record(report(AttemptOutcome::kSuccess));
  EXPECT_EQ(health_.failure_count(), 0);

  settings_.reset_on_success = false;
  record(report(AttemptOutcome::kTransient));
  record(report(AttemptOutcome::kSuccess));

  EXPECT_EQ(health_.failure_count(), 1);
}

TEST_F(ProviderHealthTest, ForgetsFailuresThatAreOld) {
  settings_.failure_threshold = 2;
  settings_.reset_timeout = 300s;
  record(report(AttemptOutcome::kTransient));
  clock_.advance(301s);

  record(report(AttemptOutcome::kTransient));

  EXPECT_FALSE(health_.cooling());
  EXPECT_EQ(health_.failure_count(), 1);
}

TEST_F(ProviderHealthTest, DoesNotCountWhatIsNotTheProvidersFault) {
  for (const auto outcome :
       {AttemptOutcome::kRequestFault, AttemptOutcome::kClientGone, AttemptOutcome::kTooLarge}) {
    EXPECT_FALSE(record(report(outcome)));
  }

  EXPECT_FALSE(health_.cooling());
  EXPECT_EQ(health_.failure_count(), 0);
  EXPECT_EQ(health_.last_failure_time(), std::nullopt);
}

TEST_F(ProviderHealthTest, KeepsCoolingThroughASuccessThatIsNoProbe) {
  record(rate_limited(60s));

  EXPECT_FALSE(record(report(AttemptOutcome::kSuccess)));

  EXPECT_EQ(remaining(), 60s);
}

TEST_F(ProviderHealthTest, AdmitsExactlyOneProbeAfterExpiry) {
  record(rate_limited(60s));
  clock_.advance(59s);
  EXPECT_FALSE(take_probe());

  clock_.advance(1s);

  EXPECT_TRUE(probe_due());
  EXPECT_TRUE(take_probe());
  EXPECT_FALSE(probe_due());
  EXPECT_FALSE(take_probe());
}

TEST_F(ProviderHealthTest, IsRestoredByASuccessfulProbe) {
  record(rate_limited(60s));
  clock_.advance(60s);
  ASSERT_TRUE(take_probe());

  EXPECT_TRUE(record(probe(AttemptOutcome::kSuccess)));

  EXPECT_FALSE(health_.condition(clock_.now()).cooling);
  EXPECT_EQ(health_.failure_count(), 0);
}

TEST_F(ProviderHealthTest, CoolsAnewAfterAFailedProbe) {
  record(rate_limited(60s));
  clock_.advance(60s);
  ASSERT_TRUE(take_probe());

  EXPECT_TRUE(record(probe(AttemptOutcome::kTransient)));

  EXPECT_EQ(remaining(), 180s);
  EXPECT_FALSE(probe_due());
}

TEST_F(ProviderHealthTest, HandsOutTheProbeAgainWhenItSaidNothingAboutTheProvider) {
  record(rate_limited(60s));
  clock_.advance(60s);
  ASSERT_TRUE(take_probe());

  EXPECT_FALSE(record(probe(AttemptOutcome::kClientGone)));

  EXPECT_TRUE(take_probe());
}

TEST_F(ProviderHealthTest, HandsOutTheProbeAgainWhenNobodyReportedOnIt) {
  record(rate_limited(60s));
  clock_.advance(60s);
  ASSERT_TRUE(take_probe());
  clock_.advance(59s);
  EXPECT_FALSE(take_probe());

  clock_.advance(1s);

  EXPECT_TRUE(take_probe());
}

TEST_F(ProviderHealthTest, IsNotRestoredByAProbeThatItDidNotHandOut) {
  record(rate_limited(60s));

  EXPECT_FALSE(record(probe(AttemptOutcome::kSuccess)));

  EXPECT_TRUE(health_.cooling());
}

TEST_F(ProviderHealthTest, TellsWhatWentWrongLastAndWhen) {
  AttemptReport refused = report(AttemptOutcome::kTransient);
  refused.detail = "connect refused";

  record(refused);

  EXPECT_EQ(health_.last_error(), "connect refused");
  EXPECT_EQ(health_.last_failure_time(), clock_.wall_now());
}

}  // namespace
}  // namespace balancer::controlplane
