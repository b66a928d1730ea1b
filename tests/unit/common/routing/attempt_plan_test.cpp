#include "common/routing/attempt_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/routing/sample_table.hpp"

namespace balancer::routing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class AttemptPlanTest : public testing::Test {
 protected:
  RoutingDecision decide(std::string_view pin = {}) {
    return plan_attempts(table_, {.model = "claude-opus", .pinned_provider = pin}, 0, conditions_, selection_);
  }

  // In the order in which they are to be tried; "a?" for a probe, "a!" for a last resort.
  std::vector<std::string> order(std::string_view pin = {}) {
    const RoutingDecision decision = decide(pin);
    if (!std::holds_alternative<AttemptPlan>(decision)) return {"(rejected)"};
    std::vector<std::string> names;
    for (const Candidate& candidate : std::get<AttemptPlan>(decision).candidates) {
      names.push_back(table_.providers[candidate.provider].name + (candidate.probe ? "?" : "") +
                      (candidate.last_resort ? "!" : ""));
    }
    return names;
  }

  AttemptPlan plan() { return std::get<AttemptPlan>(decide()); }
  Rejection rejection(std::string_view pin = {}) { return std::get<Rejection>(decide(pin)); }

  RoutingTable table_ = table_of({route("*opus*", {target(0), target(1), target(2)})});
  StatedConditions conditions_;
  Selection selection_;
};

TEST_F(AttemptPlanTest, CarriesTheUpstreamModelOfEachTargetAndThePatternThatMatched) {
  table_.routes[0].targets = {target(1, 0, "real-model-2"), target(0, 1)};

  const AttemptPlan made = plan();

  EXPECT_EQ(made.route, "*opus*");
  EXPECT_THAT(made.candidates, ElementsAre(Candidate{1, "real-model-2", false, false, 0}, Candidate{0, "", false, false, 1}));
  EXPECT_EQ(made.soonest_recovery, std::nullopt);
}

TEST_F(AttemptPlanTest, DisabledProvidersAndTargetsAreLeftOut) {
  table_.providers[0].enabled = false;
  table_.routes[0].targets[2].enabled = false;

  EXPECT_THAT(order(), ElementsAre("b"));
}

TEST_F(AttemptPlanTest, PinnedProviderIsTheOnlyCandidate) {
  EXPECT_THAT(order("b"), ElementsAre("b"));
}

TEST_F(AttemptPlanTest, PinnedProviderIsTriedEvenWhileItCools) {
  conditions_[1] = cooling(60s);

  EXPECT_THAT(order("b"), ElementsAre("b!"));
}

TEST_F(AttemptPlanTest, CoolingProvidersAreLeftOutWhileOthersAreWell) {
  conditions_[0] = cooling(60s);

  EXPECT_THAT(order(), ElementsAre("b", "c"));
}

TEST_F(AttemptPlanTest, OnlyTheModelThatWouldBeSentDecides) {
  table_.routes[0].targets[0].upstream_model = "other";
  conditions_.set_model(0, "claude-opus", cooling(60s));
  conditions_.set_model(1, "claude-opus", cooling(60s));

  EXPECT_THAT(order(), ElementsAre("a", "c"));
}

TEST_F(AttemptPlanTest, SaysWhenTheFirstOfThoseThatWereLeftOutIsBack) {
  conditions_[0] = cooling(60s);
  conditions_[2] = cooling(7'000'000'001ns);

  EXPECT_EQ(plan().soonest_recovery, 7'001ms);
}

TEST_F(AttemptPlanTest, ProbeGoesFirstAndFallsOverToTheHealthy) {
  conditions_[2] = probe_due();

  EXPECT_THAT(order(), ElementsAre("c?", "a", "b"));
}

TEST_F(AttemptPlanTest, TheProbeIsNotAmongThoseThatWereLeftOut) {
  conditions_[2] = probe_due();
  EXPECT_EQ(plan().soonest_recovery, std::nullopt);

  conditions_[1] = cooling(9s);
  EXPECT_EQ(plan().soonest_recovery, 9s);
}

TEST_F(AttemptPlanTest, OneRequestProbesOneProviderOnly) {
  conditions_[1] = probe_due();
  conditions_[2] = probe_due();

  EXPECT_THAT(order(), ElementsAre("b?", "a"));
}

TEST_F(AttemptPlanTest, LastResortsAreOrderedByTheEndOfTheirCooldown) {
  conditions_ = {cooling(30s), cooling(10s), cooling(30s)};

  EXPECT_THAT(order(), ElementsAre("b!", "a!", "c!"));
}

TEST_F(AttemptPlanTest, FailedProbeFallsOverToLastResortsWhenNobodyIsWell) {
  conditions_ = {cooling(30s), probe_due(), cooling(10s)};

  EXPECT_THAT(order(), ElementsAre("b?", "c!", "a!"));
}

TEST_F(AttemptPlanTest, SecondProviderWhoseTimeIsUpBacksTheProbeWhenNobodyIsWell) {
  conditions_ = {probe_due(), cooling(30s), probe_due()};

  EXPECT_THAT(order(), ElementsAre("a?", "c!", "b!"));
}

TEST_F(AttemptPlanTest, ProviderWhoseProbeIsOutIsTheFirstOfTheLastResorts) {
  conditions_ = {cooling(30s), cooling(0s), cooling(10s)};

  EXPECT_THAT(order(), ElementsAre("b!", "c!", "a!"));
}

TEST_F(AttemptPlanTest, FailFastRefusesWhenAllCoolAndSaysHowLongToWait) {
  table_.when_all_cooling = AllCooling::kFailFast;
  conditions_ = {cooling(30s), cooling(10s), cooling(40s)};

  EXPECT_EQ(rejection().reason, RejectionReason::kAllCooling);
  EXPECT_EQ(rejection().retry_delay, 10s);
}

TEST_F(AttemptPlanTest, FailFastStillProbesButHasNoLastResorts) {
  table_.when_all_cooling = AllCooling::kFailFast;
  conditions_ = {cooling(30s), probe_due(), cooling(40s)};

  EXPECT_THAT(order(), ElementsAre("b?"));
}

TEST_F(AttemptPlanTest, BusyProvidersOverflowToTheNext) {
  conditions_[0] = busy();

  EXPECT_THAT(order(), ElementsAre("b", "c"));
}

TEST_F(AttemptPlanTest, RefusesWhenEverybodyIsBusyAndSaysWhenToComeBack) {
  conditions_ = {busy(), busy(), busy()};

  EXPECT_EQ(rejection().reason, RejectionReason::kAllBusy);
  EXPECT_EQ(rejection().retry_delay, 1s);
}

TEST_F(AttemptPlanTest, WhoeverIsWellButBusyIsWaitedForBeforeACoolingProviderIsTried) {
  conditions_ = {busy(), cooling(10s), cooling(10s)};

  EXPECT_EQ(rejection().reason, RejectionReason::kAllBusy);
}

TEST_F(AttemptPlanTest, AProbeIsWorthATryWhenTheOthersAreBusy) {
  conditions_ = {busy(), probe_due(), busy()};

  EXPECT_THAT(order(), ElementsAre("b?"));
}

TEST_F(AttemptPlanTest, ProvidersThatWarmUpAreTriedBehindTheOthers) {
  conditions_[0] = warming();

  EXPECT_THAT(order(), ElementsAre("b", "c", "a"));
}

TEST_F(AttemptPlanTest, AProviderThatWarmsUpServesWhenItIsTheOnlyOne) {
  conditions_ = {warming(), cooling(10s), busy()};

  EXPECT_THAT(order(), ElementsAre("a"));
}

TEST_F(AttemptPlanTest, TheSessionsProviderGoesFirst) {
  selection_.session_target = 2;

  EXPECT_THAT(order(), ElementsAre("c", "a", "b"));
}

TEST_F(AttemptPlanTest, TheSessionKeepsItsProviderWhileThatWarmsUp) {
  selection_.session_target = 2;
  conditions_[2] = warming();

  EXPECT_THAT(order(), ElementsAre("c", "a", "b"));
}

TEST_F(AttemptPlanTest, ASessionWhoseProviderIsWellDoesNotProbe) {
  selection_.session_target = 1;
  conditions_[0] = probe_due();

  EXPECT_THAT(order(), ElementsAre("b", "c"));
}

TEST_F(AttemptPlanTest, ASessionWhoseProviderCoolsProbesAnother) {
  selection_.session_target = 1;
  conditions_ = {probe_due(), cooling(5s), {}};

  EXPECT_THAT(order(), ElementsAre("a?", "c"));
}

TEST_F(AttemptPlanTest, ASessionProbesItsOwnProviderBeforeOthers) {
  selection_.session_target = 2;
  conditions_ = {probe_due(), {}, probe_due()};

  EXPECT_THAT(order(), ElementsAre("c?", "b"));
}

TEST_F(AttemptPlanTest, ASessionWhoseProviderIsGoneIsPlannedLikeAnyOther) {
  selection_.session_target = 7;

  EXPECT_THAT(order(), ElementsAre("a", "b", "c"));
}

TEST_F(AttemptPlanTest, ThePinCountsForMoreThanTheSession) {
  selection_.session_target = 2;

  EXPECT_THAT(order("b"), ElementsAre("b"));
}

TEST_F(AttemptPlanTest, SaysThatNoRouteMatches) {
  const RoutingDecision decision =
      plan_attempts(table_, {.model = "gpt-9", .pinned_provider = {}}, table_.routes.size(), conditions_, {});

  EXPECT_EQ(std::get<Rejection>(decision).reason, RejectionReason::kNoRoute);
  EXPECT_THAT(std::get<Rejection>(decision).message, HasSubstr("gpt-9"));
  EXPECT_EQ(std::get<Rejection>(decision).retry_delay, std::nullopt);
}

TEST_F(AttemptPlanTest, SaysThatThePinnedProviderDoesNotServeTheModel) {
  table_.routes[0].targets.pop_back();

  EXPECT_EQ(rejection("c").reason, RejectionReason::kUnknownProvider);
  EXPECT_EQ(rejection("nobody").reason, RejectionReason::kUnknownProvider);
  EXPECT_THAT(rejection("nobody").message, testing::AllOf(HasSubstr("nobody"), HasSubstr("claude-opus")));
}

TEST_F(AttemptPlanTest, SaysThatThePinnedProviderIsDisabled) {
  table_.providers[1].enabled = false;

  EXPECT_EQ(rejection("b").reason, RejectionReason::kUnknownProvider);
}

TEST_F(AttemptPlanTest, SaysThatEveryProviderOfTheRouteIsDisabled) {
  for (RoutedProvider& provider : table_.providers) provider.enabled = false;

  EXPECT_EQ(rejection().reason, RejectionReason::kNoProvider);
  EXPECT_THAT(rejection().message, HasSubstr("*opus*"));
}

}  // namespace
}  // namespace balancer::routing
