#include "common/routing/attempt_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/unit/common/routing/sample_table.hpp"

namespace balancer::routing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class AttemptPlanTest : public testing::Test {
 protected:
  RoutingDecision decide(std::uint64_t turn = 0, std::uint64_t random = 0, std::string_view pin = {}) {
    return plan_attempts(table_, {.model = "claude-opus", .pinned_provider = pin}, 0, conditions_,
                         {.turn = turn, .random = random});
  }

  // In the order in which they are to be tried; "a?" for a probe, "a!" for a last resort.
  std::vector<std::string> order(std::uint64_t turn = 0, std::uint64_t random = 0, std::string_view pin = {}) {
    const RoutingDecision decision = decide(turn, random, pin);
    if (!std::holds_alternative<AttemptPlan>(decision)) return {"(rejected)"};
    std::vector<std::string> names;
    for (const Candidate& candidate : std::get<AttemptPlan>(decision).candidates) {
      names.push_back(table_.providers[candidate.provider].name + (candidate.probe ? "?" : "") +
                      (candidate.last_resort ? "!" : ""));
    }
    return names;
  }

  Rejection rejection(std::string_view pin = {}) { return std::get<Rejection>(decide(0, 0, pin)); }

  RoutingTable table_ = table_of({{"*opus*", {target(0), target(1), target(2)}}});
  std::vector<ProviderCondition> conditions_ = all_well();
};

TEST_F(AttemptPlanTest, LowerPriorityNumbersComeFirstAndTiesKeepFileOrder) {
  table_.routes[0].targets = {target(2, 5), target(1, 1), target(0, 5)};

  EXPECT_THAT(order(/*turn=*/7, /*random=*/7), ElementsAre("b", "c", "a"));
}

TEST_F(AttemptPlanTest, CarriesTheUpstreamModelOfEachTargetAndThePatternThatMatched) {
  table_.routes[0].targets = {target(1, 0, "real-model-2"), target(0, 1)};

  const auto plan = std::get<AttemptPlan>(decide());

  EXPECT_EQ(plan.route, "*opus*");
  EXPECT_THAT(plan.candidates, ElementsAre(Candidate{1, "real-model-2", false, false}, Candidate{0, "", false, false}));
}

TEST_F(AttemptPlanTest, RoundRobinStartsWithEveryProviderEquallyOften) {
  table_.strategy = SelectionStrategy::kRoundRobin;
  std::map<std::string, int> first;

  for (std::uint64_t turn = 0; turn < 300; ++turn) ++first[order(turn).front()];

  EXPECT_EQ(first, (std::map<std::string, int>{{"a", 100}, {"b", 100}, {"c", 100}}));
  EXPECT_THAT(order(4), ElementsAre("b", "c", "a"));
}

TEST_F(AttemptPlanTest, RoundRobinTakesTurnsAmongTheHealthyOnly) {
  table_.strategy = SelectionStrategy::kRoundRobin;
  conditions_[1] = cooling(9);

  EXPECT_THAT(order(0), ElementsAre("a", "c"));
  EXPECT_THAT(order(1), ElementsAre("c", "a"));
  EXPECT_THAT(order(2), ElementsAre("a", "c"));
}

TEST_F(AttemptPlanTest, RandomOrderIsAPermutationThatSpreadsEvenly) {
  table_.strategy = SelectionStrategy::kRandom;
  std::mt19937_64 dice(1);
  std::map<std::string, int> first;
  std::set<std::vector<std::string>> orders;

  for (int i = 0; i < 3000; ++i) {
    const std::vector<std::string> names = order(0, dice());
    ASSERT_THAT(names, UnorderedElementsAre("a", "b", "c"));
    ++first[names.front()];
    orders.insert(names);
  }

  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [name, count] : first) EXPECT_NEAR(count, 1000, 120) << name;
}

TEST_F(AttemptPlanTest, SameNumbersGiveTheSameOrder) {
  table_.strategy = SelectionStrategy::kRandom;

  EXPECT_EQ(order(3, 12345), order(3, 12345));
}

TEST_F(AttemptPlanTest, DisabledProvidersAndTargetsAreLeftOut) {
  table_.providers[0].enabled = false;
  table_.routes[0].targets[2].enabled = false;

  EXPECT_THAT(order(), ElementsAre("b"));
}

TEST_F(AttemptPlanTest, PinnedProviderIsTheOnlyCandidate) {
  EXPECT_THAT(order(0, 0, "b"), ElementsAre("b"));
}

TEST_F(AttemptPlanTest, PinnedProviderIsTriedEvenWhileItCools) {
  conditions_[1] = cooling(60);

  EXPECT_THAT(order(0, 0, "b"), ElementsAre("b!"));
}

TEST_F(AttemptPlanTest, CoolingProvidersAreLeftOutWhileOthersAreWell) {
  conditions_[0] = cooling(60);

  EXPECT_THAT(order(), ElementsAre("b", "c"));
}

TEST_F(AttemptPlanTest, ProbeGoesFirstAndFallsOverToTheHealthy) {
  conditions_[2] = probe_due();

  EXPECT_THAT(order(), ElementsAre("c?", "a", "b"));
}

TEST_F(AttemptPlanTest, OneRequestProbesOneProviderOnly) {
  conditions_[1] = probe_due();
  conditions_[2] = probe_due();

  EXPECT_THAT(order(), ElementsAre("b?", "a"));
}

TEST_F(AttemptPlanTest, LastResortsAreOrderedByTheEndOfTheirCooldown) {
  conditions_ = {cooling(30), cooling(10), cooling(30)};

  EXPECT_THAT(order(), ElementsAre("b!", "a!", "c!"));
}

TEST_F(AttemptPlanTest, FailedProbeFallsOverToLastResortsWhenNobodyIsWell) {
  conditions_ = {cooling(30), probe_due(), cooling(10)};

  EXPECT_THAT(order(), ElementsAre("b?", "c!", "a!"));
}

TEST_F(AttemptPlanTest, SecondProviderWhoseTimeIsUpBacksTheProbeWhenNobodyIsWell) {
  conditions_ = {probe_due(), cooling(30), probe_due()};

  EXPECT_THAT(order(), ElementsAre("a?", "c!", "b!"));
}

TEST_F(AttemptPlanTest, SaysThatNoRouteMatches) {
  const RoutingDecision decision =
      plan_attempts(table_, {.model = "gpt-9", .pinned_provider = {}}, table_.routes.size(), conditions_, {});

  EXPECT_EQ(std::get<Rejection>(decision).reason, RejectionReason::kNoRoute);
  EXPECT_THAT(std::get<Rejection>(decision).message, HasSubstr("gpt-9"));
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
