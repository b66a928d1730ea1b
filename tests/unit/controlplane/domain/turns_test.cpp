// Whose turn it is, over all gateways.
#include <map>

#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::SelectionStrategy;
using testing::ElementsAre;

class TurnsTest : public ControlPlaneFixture {
 protected:
  std::map<std::string, int> firsts(int count) {
    std::map<std::string, int> result;
    for (int i = 0; i < count; ++i) ++result[ask().front()];
    return result;
  }
};

TEST_F(TurnsTest, RoundRobinIsExactOverSeveralGateways) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  AttemptLedger gateways[3];
  std::map<std::string, int> counts;

  for (int i = 0; i < 300; ++i) ++counts[ask(query(), gateways[i * i % 3]).front()];

  EXPECT_EQ(counts, (std::map<std::string, int>{{"a", 100}, {"b", 100}, {"c", 100}}));
}

TEST_F(TurnsTest, AProviderThatComesBackDoesNotCatchUp) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  cool("c", 5min);
  EXPECT_EQ(firsts(100), (std::map<std::string, int>{{"a", 50}, {"b", 50}}));

  control_plane_->restore_provider("c");

  for (const auto& [name, count] : firsts(31)) EXPECT_NEAR(count, 10, 1) << name;
}

TEST_F(TurnsTest, AProbeTakesNobodysTurn) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  cool("c", 30s);
  clock_.advance(30s);

  EXPECT_EQ(ask().front(), "c?");
  EXPECT_EQ(ask().front(), "a");
  EXPECT_EQ(ask().front(), "b");
}

TEST_F(TurnsTest, ASessionThatKeepsItsProviderTakesNobodysTurn) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  EXPECT_EQ(ask("session").front(), "a");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("session").front(), "a");

  EXPECT_EQ(ask().front(), "b");
  EXPECT_EQ(ask().front(), "c");
  EXPECT_EQ(ask().front(), "a");
}

TEST_F(TurnsTest, WeightsAreSharesExactly) {
  Config config = sample_config({"a", "b", "c"}, SelectionStrategy::kWeighted);
  config.snapshot.routing.routes[0].targets[0].weight = 6;
  config.snapshot.routing.routes[0].targets[1].weight = 3;
  serve(config);

  EXPECT_EQ(firsts(1'000), (std::map<std::string, int>{{"a", 600}, {"b", 300}, {"c", 100}}));

  cool("a", 5min);
  EXPECT_EQ(firsts(400), (std::map<std::string, int>{{"b", 300}, {"c", 100}}));
}

TEST_F(TurnsTest, EveryRouteHasItsOwnTurnsAndItsOwnStrategy) {
  Config config = sample_config({"a", "b"}, SelectionStrategy::kRoundRobin);
  routing::Route by_priority = config.snapshot.routing.routes[0];
  by_priority.pattern = "claude-fixed";
  by_priority.strategy = SelectionStrategy::kPriority;
  config.snapshot.routing.routes.push_back(by_priority);
  serve(config);
  DecisionQuery fixed = query();
  fixed.route.model = "claude-fixed";

  for (const char* const expected : {"a", "b", "a"}) {
    EXPECT_THAT(ask(fixed, ledger_), ElementsAre("a", "b"));
    EXPECT_EQ(ask().front(), expected);
  }
}

TEST_F(TurnsTest, RandomSpreadsEvenly) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRandom));

  for (const auto& [name, count] : firsts(6'000)) EXPECT_NEAR(count, 2'000, 250) << name;
}

}  // namespace
}  // namespace balancer::controlplane
