#include "common/routing/turn_taking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/unit/common/routing/sample_table.hpp"

namespace balancer::routing {
namespace {

using testing::ElementsAre;

// Three targets that take turns while they are there.
class TurnTakingTest : public testing::Test {
 protected:
  // Whose turn it is; it is taken.
  std::size_t next(const std::set<std::size_t>& present = {0, 1, 2}) {
    const auto places = turns_.places();
    const std::size_t first = *std::min_element(present.begin(), present.end(), [&](std::size_t a, std::size_t b) {
      return places[a] < places[b];
    });
    turns_.take(first);
    return first;
  }

  std::vector<int> shares(int turns, const std::set<std::size_t>& present = {0, 1, 2}) {
    std::vector<int> counts(3, 0);
    for (int i = 0; i < turns; ++i) ++counts[next(present)];
    return counts;
  }

  void weigh(unsigned a, unsigned b, unsigned c, SelectionStrategy strategy = SelectionStrategy::kWeighted) {
    Route weighted = route("*", {target(0), target(1), target(2)});
    weighted.targets[0].weight = a;
    weighted.targets[1].weight = b;
    weighted.targets[2].weight = c;
    turns_ = TurnTaking(weighted, strategy);
  }

  TurnTaking turns_{route("*", {target(0), target(1), target(2)}), SelectionStrategy::kRoundRobin};
};

TEST_F(TurnTakingTest, GivesEverybodyATurnInFileOrder) {
  std::vector<std::size_t> order;
  for (int i = 0; i < 7; ++i) order.push_back(next());

  EXPECT_THAT(order, ElementsAre(0, 1, 2, 0, 1, 2, 0));
}

TEST_F(TurnTakingTest, SharesEquallyAmongThosePresent) {
  shares(100);

  EXPECT_THAT(shares(50, {0, 2}), ElementsAre(25, 0, 25));
}

TEST_F(TurnTakingTest, LetsNobodyCatchUp) {
  shares(1'000, {0, 1});

  const std::vector<int> after = shares(30);

  for (const int count : after) EXPECT_NEAR(count, 10, 1);
}

TEST_F(TurnTakingTest, SharesEquallyWhoeverComesAndGoes) {
  shares(4, {0, 1});
  shares(5, {1, 2});
  shares(7, {2});
  shares(3, {0, 2});

  for (const int count : shares(300)) EXPECT_NEAR(count, 100, 1);
}

TEST_F(TurnTakingTest, NobodyIsEverMoreThanOneTurnFromEvenWhoeverComesAndGoes) {
  std::minstd_rand dice(1);
  for (int window = 0; window < 500; ++window) {
    std::set<std::size_t> present;
    for (std::size_t i = 0; i < 3; ++i) {
      if (dice() % 3 != 0) present.insert(i);
    }
    if (present.empty()) continue;
    std::vector<int> counts(3, 0);
    const int turns = 1 + static_cast<int>(dice() % 9);
    for (int i = 1; i <= turns; ++i) {
      ++counts[next(present)];
      for (const std::size_t each : present) {
        ASSERT_NEAR(counts[each], double(i) / double(present.size()), 1.0) << window;
      }
    }
  }
}

TEST_F(TurnTakingTest, SharesExactlyByWeight) {
  weigh(5, 2, 1);

  EXPECT_THAT(shares(8), ElementsAre(5, 2, 1));
  EXPECT_THAT(shares(8'000), ElementsAre(5'000, 2'000, 1'000));
}

TEST_F(TurnTakingTest, SpreadsTheTurnsOfTheHeavy) {
  weigh(3, 1, 1);
  std::vector<std::size_t> order;
  for (int i = 0; i < 10; ++i) order.push_back(next());

  int run = 0;
  for (const std::size_t each : order) {
    run = each == 0 ? run + 1 : 0;
    EXPECT_LE(run, 3);
  }
}

TEST_F(TurnTakingTest, SharesExactlyByWeightsThatDivideNothing) {
  weigh(999'983, 499'979, 3);

  const std::vector<int> counts = shares(1'499'965);

  EXPECT_NEAR(counts[0], 999'983, 1);
  EXPECT_NEAR(counts[1], 499'979, 1);
  EXPECT_NEAR(counts[2], 3, 1);
}

TEST_F(TurnTakingTest, LooksAtWeightsOnlyUnderTheWeightedStrategy) {
  weigh(5, 2, 1, SelectionStrategy::kRoundRobin);

  EXPECT_THAT(shares(30), ElementsAre(10, 10, 10));
}

TEST_F(TurnTakingTest, CountsNoFurtherHoweverLongItGoesOn) {
  shares(100'000);

  EXPECT_LE(*std::max_element(turns_.places().begin(), turns_.places().end()), (std::uint64_t{1} << 63) + 2);
}

}  // namespace
}  // namespace balancer::routing
