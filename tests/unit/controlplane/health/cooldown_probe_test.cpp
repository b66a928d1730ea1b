// Who may probe, and what comes of it.
#include "tests/unit/controlplane/health/cooldown_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;

class CooldownProbeTest : public CooldownFixture {};

TEST_F(CooldownProbeTest, AdmitsExactlyOneProbeAfterExpiry) {
  fail(rate_limited(60s));
  clock_.advance(59'999ms);
  EXPECT_FALSE(cooldown_.take_probe(1, clock_.now()));

  clock_.advance(1ms);

  EXPECT_TRUE(probe_due());
  EXPECT_TRUE(cooldown_.take_probe(1, clock_.now()));
  EXPECT_FALSE(probe_due());
  EXPECT_FALSE(cooldown_.take_probe(2, clock_.now()));
  EXPECT_TRUE(cooldown_.condition(clock_.now()).cooling) << "nobody else may try it meanwhile";
}

TEST_F(CooldownProbeTest, IsEndedByASuccessfulProbe) {
  fail_three_times();
  const ProbeId probe = take_probe();
  clock_.advance(2s);

  EXPECT_TRUE(succeed(success(/*took=*/2s), probe));

  EXPECT_FALSE(cooldown_.condition(clock_.now()).cooling);
  EXPECT_EQ(cooldown_.failure_count(), 0);
}

TEST_F(CooldownProbeTest, DoublesWithEveryProbeThatFailsUpToTheLimit) {
  fail_three_times();
  for (const auto expected : {60s, 120s, 240s, 300s, 300s}) {
    const ProbeId probe = take_probe();

    EXPECT_TRUE(fail(transient(), probe));

    EXPECT_EQ(remaining(), expected);
    EXPECT_FALSE(probe_due());
  }
}

TEST_F(CooldownProbeTest, DoublesFromTheStartAgainAfterASuccess) {
  fail_three_times();
  fail(transient(), take_probe());
  fail(transient(), take_probe());
  succeed(success(), take_probe());

  fail_three_times();

  EXPECT_EQ(remaining(), 30s);
}

TEST_F(CooldownProbeTest, JitterLengthensIt) {
  jitter_ = 0.5;

  fail_three_times();

  EXPECT_EQ(remaining(), 33s);
}

TEST_F(CooldownProbeTest, AProbeThatIsToldToWaitWaitsForAsLongAsTheProviderSays) {
  fail_three_times();

  fail(rate_limited(12s), take_probe());

  EXPECT_EQ(remaining(), 12s);
}

TEST_F(CooldownProbeTest, TheProbeIsHandedOutAgainWhenItIsGivenBack) {
  fail_three_times();
  const ProbeId probe = take_probe();

  EXPECT_TRUE(cooldown_.give_probe_back(probe));

  EXPECT_TRUE(probe_due());
}

TEST_F(CooldownProbeTest, NobodyGivesBackAnothersProbe) {
  fail_three_times();
  const ProbeId probe = take_probe();

  EXPECT_FALSE(cooldown_.give_probe_back(probe + 1));
  EXPECT_FALSE(cooldown_.give_probe_back(kNoProbe));

  EXPECT_FALSE(probe_due());
}

TEST_F(CooldownProbeTest, TheProbeIsHandedOutAgainWhenNobodyReportedOnItForLong) {
  fail_three_times();
  const ProbeId lost = take_probe();
  clock_.advance(Cooldown::kProbeLease - 1ms);
  EXPECT_FALSE(probe_due());

  clock_.advance(1ms);

  EXPECT_TRUE(probe_due());
  take_probe();
  EXPECT_FALSE(cooldown_.give_probe_back(lost)) << "it is another's now";
}

TEST_F(CooldownProbeTest, AFormerProbeEndsAndExtendsNothing) {
  fail_three_times();
  const ProbeId former = take_probe();
  succeed(report(AttemptOutcome::kAnswering), former);
  clock_.advance(60s);
  fail_three_times();
  take_probe();

  EXPECT_FALSE(succeed(success(/*took=*/90s), former));
  EXPECT_TRUE(cooldown_.cooling());
  EXPECT_FALSE(probe_due()) << "the present one is still out";

  EXPECT_FALSE(fail(transient(/*took=*/90s), former));
  EXPECT_EQ(remaining(), 0s);
}

TEST_F(CooldownProbeTest, AProbeThatBreaksOffAfterItsAnswerBeganIsOneFailure) {
  fail_three_times();
  const ProbeId probe = take_probe();
  clock_.advance(1s);
  succeed(report(AttemptOutcome::kAnswering, 1s), probe);
  clock_.advance(5s);

  EXPECT_FALSE(fail(transient(/*took=*/6s), probe));

  EXPECT_FALSE(cooldown_.cooling());
  EXPECT_EQ(cooldown_.failure_count(), 1);
}

}  // namespace
}  // namespace balancer::controlplane
