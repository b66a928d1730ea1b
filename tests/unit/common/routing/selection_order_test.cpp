#include "common/routing/selection_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "common/routing/turn_taking.hpp"
#include "tests/unit/common/routing/sample_table.hpp"

namespace balancer::routing {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class SelectionOrderTest : public testing::Test {
 protected:
  std::vector<std::string> order(const Selection& selection = {}) {
    const RoutingDecision decision =
        plan_attempts(table_, {.model = "claude", .pinned_provider = {}}, 0, conditions_, selection);
    std::vector<std::string> names;
    for (const Candidate& candidate : std::get<AttemptPlan>(decision).candidates) {
      names.push_back(table_.providers[candidate.provider].name);
    }
    return names;
  }

  std::map<std::string, int> firsts(int count) {
    std::map<std::string, int> result;
    for (int i = 0; i < count; ++i) ++result[order({.random = dice_()}).front()];
    return result;
  }

  RoutingTable table_ = table_of({route("*", {target(0), target(1), target(2)})});
  StatedConditions conditions_;
  std::mt19937_64 dice_{1};
};

TEST_F(SelectionOrderTest, LowerPriorityNumbersComeFirstAndTiesKeepFileOrder) {
  table_.routes[0].targets = {target(2, 5), target(1, 1), target(0, 5)};

  EXPECT_THAT(order({.random = 7}), ElementsAre("b", "c", "a"));
}

TEST_F(SelectionOrderTest, RoundRobinStartsWithWhoeverHasTheTurn) {
  table_.strategy = SelectionStrategy::kRoundRobin;
  const std::uint64_t places[] = {30, 10, 20};

  EXPECT_THAT(order({.places = places}), ElementsAre("b", "c", "a"));
}

TEST_F(SelectionOrderTest, RoundRobinTakesTurnsAmongTheHealthyOnly) {
  table_.strategy = SelectionStrategy::kRoundRobin;
  conditions_[1] = cooling(9s);
  TurnTaking turns(table_.routes[0], table_.strategy);

  EXPECT_THAT(order({.places = turns.places()}), ElementsAre("a", "c"));
  turns.take(0);
  EXPECT_THAT(order({.places = turns.places()}), ElementsAre("c", "a"));
  turns.take(2);
  EXPECT_THAT(order({.places = turns.places()}), ElementsAre("a", "c"));
}

TEST_F(SelectionOrderTest, TheRoutesOwnStrategyCountsForMoreThanTheTables) {
  table_.routes[0].strategy = SelectionStrategy::kRoundRobin;
  const std::uint64_t places[] = {1, 0, 0};

  EXPECT_THAT(order({.places = places}), ElementsAre("b", "c", "a"));
}

TEST_F(SelectionOrderTest, RandomOrderIsAPermutationThatSpreadsEvenly) {
  table_.strategy = SelectionStrategy::kRandom;
  std::map<std::string, int> first;
  std::set<std::vector<std::string>> orders;

  for (int i = 0; i < 3000; ++i) {
    const std::vector<std::string> names = order({.random = dice_()});
    ASSERT_THAT(names, UnorderedElementsAre("a", "b", "c"));
    ++first[names.front()];
    orders.insert(names);
  }

  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [name, count] : first) EXPECT_NEAR(count, 1000, 120) << name;
}

TEST_F(SelectionOrderTest, SameNumbersGiveTheSameOrder) {
  table_.strategy = SelectionStrategy::kRandom;

  EXPECT_EQ(order({.random = 12345}), order({.random = 12345}));
}

TEST_F(SelectionOrderTest, LeastLatencyTakesTheBetterOfTwoAtRandom) {
  table_.strategy = SelectionStrategy::kLeastLatency;
  conditions_ = {loaded(3), loaded(1), loaded(2)};

  const auto first = firsts(3000);

  EXPECT_NEAR(first.at("b"), 2000, 120) << "in two of three pairs";
  EXPECT_NEAR(first.at("c"), 1000, 120) << "in the pair without b";
  EXPECT_EQ(first.count("a"), 0u) << "in every pair there is a better one";
}

TEST_F(SelectionOrderTest, LeastLatencyFallsOverToTheBestOfTheOthers) {
  table_.strategy = SelectionStrategy::kLeastLatency;
  conditions_ = {loaded(3), loaded(1), loaded(2)};

  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(order({.random = dice_()}),
                testing::AnyOf(ElementsAre("b", "c", "a"), ElementsAre("c", "b", "a")));
  }
}

TEST_F(SelectionOrderTest, LeastLatencyKnowsOfTwoTheBetterOne) {
  table_.strategy = SelectionStrategy::kLeastLatency;
  table_.routes[0].targets.pop_back();
  conditions_ = {loaded(3), loaded(1)};

  EXPECT_EQ(firsts(100), (std::map<std::string, int>{{"b", 100}}));
}

TEST_F(SelectionOrderTest, WhoWarmsUpComesLastUnderEveryStrategy) {
  conditions_[1] = warming();
  for (const auto strategy : {SelectionStrategy::kPriority, SelectionStrategy::kRoundRobin, SelectionStrategy::kRandom,
                              SelectionStrategy::kWeighted, SelectionStrategy::kLeastLatency}) {
    table_.strategy = strategy;

    for (int i = 0; i < 20; ++i) EXPECT_EQ(order({.random = dice_()}).back(), "b");
  }
}

}  // namespace
}  // namespace balancer::routing
