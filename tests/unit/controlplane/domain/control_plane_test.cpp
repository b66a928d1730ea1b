#include "controlplane/domain/control_plane.hpp"

#include <atomic>
#include <map>
#include <thread>

#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::SelectionStrategy;
using testing::ElementsAre;

class RecordedChanges final : public ChangeListener {
 public:
  void on_config_changed() override { ++config_changes; }
  void on_provider_changed(const std::string& provider) override { provider_changes.push_back(provider); }

  int config_changes = 0;
  std::vector<std::string> provider_changes;
};

class ControlPlaneTest : public ControlPlaneFixture {};

TEST_F(ControlPlaneTest, PlansOverTheProvidersInOrderOfPriority) {
  serve(sample_config({"a", "b"}));

  EXPECT_THAT(ask(), ElementsAre("a", "b"));
}

TEST_F(ControlPlaneTest, RejectsAModelThatNoRouteServes) {
  Config config = sample_config({"a"});
  config.snapshot.routing.routes[0].pattern = "gpt";
  serve(config);

  const Decision decision = control_plane_->decide(query(), ledger_);

  const auto* rejection = std::get_if<routing::Rejection>(&decision.outcome);
  ASSERT_NE(rejection, nullptr);
  EXPECT_EQ(rejection->reason, routing::RejectionReason::kNoRoute);
}

TEST_F(ControlPlaneTest, TakesTurnsExactlyWhenManyAskAtOnce) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  constexpr int kThreads = 4;
  constexpr int kQueries = 300;
  std::vector<std::map<std::string, int>> firsts(kThreads);

  std::vector<std::thread> threads;
  for (auto& first : firsts) {
    threads.emplace_back([&] {
      AttemptLedger ledger;
      for (int i = 0; i < kQueries; ++i) ++first[ask(query(), ledger).front()];
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::map<std::string, int> total;
  for (const auto& first : firsts) {
    for (const auto& [name, count] : first) total[name] += count;
  }
  EXPECT_EQ(total, (std::map<std::string, int>{{"a", 400}, {"b", 400}, {"c", 400}}));
}

TEST_F(ControlPlaneTest, GivesOneProbeWhenManyAskAtOnce) {
  serve(sample_config({"a", "b"}));
  cool("a");
  clock_.advance(30s);
  std::atomic<int> probes = 0;

  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      AttemptLedger ledger;
      for (int i = 0; i < 100; ++i) probes += ask(query(), ledger).front() == "a?" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(probes, 1);
}

TEST_F(ControlPlaneTest, KeepsHealthThroughAReload) {
  serve(sample_config({"a", "b"}));
  cool("a");
  ask();

  const ConfigReload reloaded = reload(sample_config({"new", "b", "a"}));

  EXPECT_EQ(reloaded.snapshot_version, 2u);
  EXPECT_THAT(ask(), ElementsAre("new", "b"));
  EXPECT_EQ(in_flight("b"), 1);
}

TEST_F(ControlPlaneTest, JudgesByTheNewSettingsAfterAReload) {
  serve(sample_config({"a", "b"}));
  report("a", AttemptOutcome::kTransient);
  Config stricter = sample_config({"a", "b"});
  stricter.health.failure_threshold = 2;
  reload(stricter);

  report("a", AttemptOutcome::kTransient);

  EXPECT_TRUE(cools("a"));
}

TEST_F(ControlPlaneTest, AProbeThatIsOutOverAReloadStaysTheOnlyOne) {
  serve(sample_config({"a", "b"}));
  cool("a");
  clock_.advance(30s);
  EXPECT_THAT(ask(), ElementsAre("a?", "b"));

  reload(sample_config({"b", "a"}));

  EXPECT_THAT(ask(), ElementsAre("b"));
  report("a", AttemptOutcome::kSuccess, /*probe=*/true);
  EXPECT_THAT(ask(), ElementsAre("b", "a"));
}

TEST_F(ControlPlaneTest, ReportsOnAProviderThatIsNotConfiguredAnyMoreChangeNothing) {
  serve(sample_config({"a", "b"}));
  ask();
  reload(sample_config({"b"}));

  report("a", AttemptOutcome::kQuotaExhausted);

  EXPECT_THAT(ask(), ElementsAre("b"));
  EXPECT_EQ(in_flight("b"), 1);
  EXPECT_TRUE(ledger_.in_flight().contains("b"));
  EXPECT_FALSE(ledger_.in_flight().contains("a"));
}

TEST_F(ControlPlaneTest, KeepsTheFormerConfigurationWhenTheNewOneIsRefused) {
  serve(sample_config({"a"}));
  const auto former = control_plane_->config();

  next_load_.config.reset();
  next_load_.problems = {{ConfigProblem::Severity::kError, "config.yaml", 3, 1, "providers", "must be a list"}};
  const ConfigReload refused = control_plane_->reload();

  EXPECT_EQ(refused.snapshot_version, 0u);
  ASSERT_EQ(refused.problems.size(), 1u);
  EXPECT_EQ(refused.problems[0].line, 3);
  EXPECT_EQ(control_plane_->config(), former);
}

TEST_F(ControlPlaneTest, KeepsItsVersionWhenAReloadChangesNothing) {
  serve(sample_config({"a"}));
  RecordedChanges changes;
  const ChangeListeners::Subscription subscription(control_plane_->listeners(), changes);
  clock_.advance(1h);

  EXPECT_EQ(control_plane_->reload().snapshot_version, 1u);

  EXPECT_EQ(changes.config_changes, 0);
}

TEST_F(ControlPlaneTest, TellsListenersOfNewConfigurationsAndOfProvidersThatCoolOrRecover) {
  serve(sample_config({"a"}));
  RecordedChanges changes;
  const ChangeListeners::Subscription subscription(control_plane_->listeners(), changes);

  report("a", AttemptOutcome::kSuccess);
  report("a", AttemptOutcome::kTransient);
  EXPECT_THAT(changes.provider_changes, ElementsAre()) << "one failure is none of their business";
  cool("a");
  clock_.advance(30s);
  ask();
  report("a", AttemptOutcome::kSuccess, /*probe=*/true);
  EXPECT_THAT(changes.provider_changes, ElementsAre("a", "a"));
  report("a", AttemptOutcome::kModelMissing);
  EXPECT_THAT(changes.provider_changes, ElementsAre("a", "a", "a")) << "its models are theirs too";
  reload(sample_config({"a", "b"}));

  EXPECT_EQ(changes.config_changes, 1);
}

TEST_F(ControlPlaneTest, NamesItsProcessInEverySnapshot) {
  const std::string first = serve(sample_config({"a"})).config()->snapshot.epoch;
  const std::string second = serve(sample_config({"a"})).config()->snapshot.epoch;

  EXPECT_FALSE(first.empty());
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace balancer::controlplane
