#include "controlplane/health/provider_health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/health/attempt_reports.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ProviderHealthTest : public testing::Test {
 protected:
  bool record(const AttemptReport& what, ProbeId probe = kNoProbe) {
    return health_.record(what, probe, settings_, moment());
  }
  void fail_three_times() {
    for (int i = 0; i < 3; ++i) record(transient());
  }
  [[nodiscard]] Cooldown::Moment moment() const { return {clock_.now(), clock_.wall_now()}; }
  [[nodiscard]] routing::TargetCondition condition(std::string_view model = "m", unsigned max_in_flight = 0) const {
    return health_.condition(model, max_in_flight, clock_.now());
  }
  ProbeId take_probe(std::string_view model = "m") {
    return health_.take_probe(model, ++probe_, clock_.now()) ? probe_ : kNoProbe;
  }
  [[nodiscard]] ProviderStatus status() const { return health_.status(clock_.now()); }
  [[nodiscard]] std::vector<std::string> cooling_models() const {
    std::vector<std::string> names;
    for (const ModelCooldown& model : status().cooling_models) names.push_back(model.upstream_model);
    return names;
  }

  FakeClock clock_;
  HealthSettings settings_;
  ProbeId probe_ = kNoProbe;
  ProviderHealth health_;
};

TEST_F(ProviderHealthTest, DoesNotCountWhatIsNotTheProvidersFault) {
  for (const auto outcome : {AttemptOutcome::kRequestFault, AttemptOutcome::kClientGone, AttemptOutcome::kTooLarge,
                             AttemptOutcome::kNotSent}) {
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(record(report(outcome)));
  }

  EXPECT_FALSE(condition().cooling);
  EXPECT_EQ(status().failure_count, 0);
  EXPECT_EQ(status().last_failure_time, std::nullopt);
}

TEST_F(ProviderHealthTest, WhatIsNotTheProvidersFaultDoesNotBreakARowOfFailuresEither) {
  record(transient());
  record(transient());
  record(report(AttemptOutcome::kClientGone));

  record(transient());

  EXPECT_TRUE(condition().cooling);
}

TEST_F(ProviderHealthTest, ARateLimitWithoutATimeConcernsOneModelOnly) {
  EXPECT_TRUE(record(of_model(report(AttemptOutcome::kRateLimited), "opus")));

  EXPECT_TRUE(condition("opus").cooling);
  EXPECT_EQ(condition("opus").remaining_cooldown, 10s);
  EXPECT_FALSE(condition("sonnet").cooling);
  EXPECT_EQ(status().state, ProviderStatus::State::kHealthy);
  EXPECT_THAT(cooling_models(), ElementsAre("opus"));
}

TEST_F(ProviderHealthTest, ARateLimitWithATimeConcernsTheWholeProvider) {
  EXPECT_TRUE(record(of_model(rate_limited(20s), "opus")));

  EXPECT_TRUE(condition("opus").cooling);
  EXPECT_TRUE(condition("sonnet").cooling);
  EXPECT_THAT(cooling_models(), IsEmpty());
}

TEST_F(ProviderHealthTest, AMissingModelConcernsThatModelOnly) {
  EXPECT_TRUE(record(of_model(report(AttemptOutcome::kModelMissing), "opus")));

  EXPECT_EQ(condition("opus").remaining_cooldown, 10min);
  EXPECT_FALSE(condition("sonnet").cooling);
  EXPECT_EQ(status().failure_count, 0);
}

TEST_F(ProviderHealthTest, ASuccessWithOneModelSaysNothingOfAnother) {
  record(of_model(report(AttemptOutcome::kRateLimited), "opus"));

  record(of_model(success(), "sonnet"));
  EXPECT_TRUE(condition("opus").cooling);

  EXPECT_TRUE(record(of_model(success(), "opus")));
  EXPECT_FALSE(condition("opus").cooling);
  EXPECT_THAT(cooling_models(), IsEmpty());
}

TEST_F(ProviderHealthTest, EveryModelHasItsOwnProbe) {
  record(of_model(report(AttemptOutcome::kRateLimited), "opus"));
  record(of_model(report(AttemptOutcome::kRateLimited), "sonnet"));
  clock_.advance(10s);

  EXPECT_NE(take_probe("opus"), kNoProbe);
  EXPECT_EQ(take_probe("opus"), kNoProbe);
  const ProbeId of_sonnet = take_probe("sonnet");
  EXPECT_NE(of_sonnet, kNoProbe);

  record(of_model(success(), "sonnet"), of_sonnet);
  EXPECT_FALSE(condition("sonnet").cooling);
  EXPECT_TRUE(condition("opus").cooling);
  EXPECT_FALSE(condition("opus").probe_due) << "its probe is still out";
}

TEST_F(ProviderHealthTest, OneProbeServesTheProviderForAllOfItsModels) {
  fail_three_times();
  clock_.advance(30s);

  EXPECT_NE(take_probe("opus"), kNoProbe);

  EXPECT_EQ(take_probe("sonnet"), kNoProbe);
}

TEST_F(ProviderHealthTest, AModelThatCoolsForLongerDoesNotProbeTheProvider) {
  fail_three_times();
  record(of_model(report(AttemptOutcome::kModelMissing), "opus"));
  clock_.advance(30s);

  EXPECT_EQ(take_probe("opus"), kNoProbe);
  EXPECT_EQ(condition("opus").remaining_cooldown, 9min + 30s);

  EXPECT_NE(take_probe("sonnet"), kNoProbe);
}

TEST_F(ProviderHealthTest, OneSuccessRestoresTheProviderAndTheModelThatWereProbedTogether) {
  record(report(AttemptOutcome::kRateLimited));
  fail_three_times();
  clock_.advance(30s);
  const ProbeId probe = take_probe();
  ASSERT_NE(probe, kNoProbe);

  EXPECT_TRUE(record(success(), probe));

  EXPECT_FALSE(condition().cooling);
}

TEST_F(ProviderHealthTest, AProbeThatFindsOnlyItsModelMissingRestoresTheProvider) {
  fail_three_times();
  clock_.advance(30s);

  EXPECT_TRUE(record(of_model(report(AttemptOutcome::kModelMissing), "opus"), take_probe("opus")));

  EXPECT_FALSE(condition("sonnet").cooling);
  EXPECT_TRUE(condition("opus").cooling);
  health_.begin_attempt();
  health_.begin_attempt();
  EXPECT_TRUE(condition("sonnet").warming) << "it has only just come back";
}

TEST_F(ProviderHealthTest, AProbeThatTellsNothingIsHandedOutAgain) {
  for (const auto outcome : {AttemptOutcome::kClientGone, AttemptOutcome::kNotSent, AttemptOutcome::kRequestFault}) {
    health_ = {};
    fail_three_times();
    clock_.advance(30s);
    const ProbeId probe = take_probe();
    EXPECT_FALSE(condition().probe_due);

    EXPECT_FALSE(record(report(outcome), probe));

    EXPECT_TRUE(condition().probe_due) << to_string(outcome);
  }
}

TEST_F(ProviderHealthTest, AProbeWhoseAnswerHasBegunRestoresTheProviderAtOnce) {
  fail_three_times();
  clock_.advance(30s);
  const ProbeId probe = take_probe();

  EXPECT_TRUE(record(report(AttemptOutcome::kAnswering), probe));
  EXPECT_FALSE(condition().cooling);

  clock_.advance(20s);
  EXPECT_FALSE(record(success(20s), probe));
  EXPECT_FALSE(condition().cooling);
}

TEST_F(ProviderHealthTest, TheEndOfAModelsProbeLeavesTheProvidersProbeAlone) {
  record(of_model(report(AttemptOutcome::kRateLimited), "opus"));
  clock_.advance(10s);
  const ProbeId of_opus = take_probe("opus");
  fail_three_times();
  clock_.advance(30s);
  ASSERT_NE(take_probe("sonnet"), kNoProbe);

  record(of_model(report(AttemptOutcome::kClientGone), "opus"), of_opus);

  EXPECT_FALSE(condition("sonnet").probe_due);
}

TEST_F(ProviderHealthTest, WarmsUpAfterItCameBack) {
  fail_three_times();
  clock_.advance(30s);
  record(success(), take_probe());

  for (const int trusted : {2, 4, 8, 16, 32}) {
    while (!condition().warming) health_.begin_attempt();
    EXPECT_EQ(status().in_flight_count, trusted);
    record(success());
  }
  for (int i = 0; i < 100; ++i) health_.begin_attempt();
  EXPECT_FALSE(condition().warming);
}

TEST_F(ProviderHealthTest, DoesNotWarmUpWhenAnOperatorRestoresIt) {
  fail_three_times();
  record(of_model(report(AttemptOutcome::kModelMissing), "opus"));

  EXPECT_TRUE(health_.restore(clock_.now()));

  for (int i = 0; i < 5; ++i) health_.begin_attempt();
  EXPECT_FALSE(condition().cooling);
  EXPECT_FALSE(condition().warming);
  EXPECT_FALSE(condition("opus").cooling);
}

TEST_F(ProviderHealthTest, IsBusyWithAsManyRequestsAsItMayHave) {
  health_.begin_attempt();
  EXPECT_FALSE(condition("m", 2).busy);
  health_.begin_attempt();
  EXPECT_TRUE(condition("m", 2).busy);
  EXPECT_FALSE(condition("m", 0).busy) << "0 stands for any number";

  health_.end_attempt();

  EXPECT_FALSE(condition("m", 2).busy);
}

TEST_F(ProviderHealthTest, NeverHasLessThanNothingUnderWay) {
  health_.end_attempt();
  health_.begin_attempt();

  EXPECT_EQ(status().in_flight_count, 1);
}

TEST_F(ProviderHealthTest, LoadGrowsWithLatencyAndWithRequestsUnderWay) {
  AttemptReport quick = success();
  quick.time_to_first_byte = 100ms;
  record(quick);
  EXPECT_DOUBLE_EQ(condition().load, 1e5);

  health_.begin_attempt();
  health_.begin_attempt();

  EXPECT_DOUBLE_EQ(condition().load, 3e5);
  EXPECT_EQ(status().latency, 100ms);
}

TEST_F(ProviderHealthTest, AnUnknownProviderIsTriedOnceBeforeMoreIsExpectedOfIt) {
  ProviderHealth known;
  AttemptReport slow = success();
  slow.time_to_first_byte = 30s;
  known.record(slow, kNoProbe, settings_, moment());
  const double load_of_slow = known.condition("m", 0, clock_.now()).load;

  EXPECT_LT(condition().load, load_of_slow);
  health_.begin_attempt();

  EXPECT_GT(condition().load, load_of_slow);
}

TEST_F(ProviderHealthTest, TakesOverWhatAFormerControlPlaneKnewOfModels) {
  EXPECT_TRUE(health_.adopt("opus", 40s, "HTTP 404", moment()));

  EXPECT_EQ(condition("opus").remaining_cooldown, 40s);
  EXPECT_FALSE(condition("sonnet").cooling);
  EXPECT_THAT(status().cooling_models, ElementsAre(ModelCooldown{"opus", 40s, "HTTP 404"}));
}

TEST_F(ProviderHealthTest, ModelsThatClientsInventTakeNoPlaceForEver) {
  for (int i = 0; i < 1'000; ++i) record(of_model(report(AttemptOutcome::kModelMissing), "junk" + std::to_string(i)));
  EXPECT_THAT(cooling_models(), SizeIs(ProviderHealth::kMaxModels));

  clock_.advance(10min);
  EXPECT_TRUE(record(of_model(report(AttemptOutcome::kRateLimited), "opus")));

  EXPECT_TRUE(condition("opus").cooling);
}

TEST_F(ProviderHealthTest, ForgetsAModelForWhichNobodyAsksAnyMore) {
  record(of_model(report(AttemptOutcome::kRateLimited), "opus"));
  clock_.advance(10s + ProviderHealth::kModelMemory);

  record(of_model(report(AttemptOutcome::kRateLimited), "sonnet"));

  EXPECT_THAT(cooling_models(), ElementsAre("sonnet"));
}

TEST_F(ProviderHealthTest, AModelIsProbedHoweverLongNobodyAskedAsLongAsItIsRemembered) {
  record(of_model(report(AttemptOutcome::kRateLimited), "opus"));
  clock_.advance(10s + ProviderHealth::kModelMemory - 1s);

  record(of_model(report(AttemptOutcome::kRateLimited), "sonnet"));

  EXPECT_TRUE(condition("opus").probe_due);
}

}  // namespace
}  // namespace balancer::controlplane
