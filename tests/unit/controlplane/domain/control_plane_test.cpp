#include "controlplane/domain/control_plane.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <thread>

#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/domain/sample_config.hpp"

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

class ControlPlaneTest : public testing::Test {
 protected:
  std::unique_ptr<ControlPlane> serve(const Config& config) {
    next_load_.config = config;
    return std::make_unique<ControlPlane>(config, [this] { return next_load_; }, clock_);
  }

  static std::vector<std::string> candidates(const Decision& decision) {
    std::vector<std::string> names;
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision.outcome);
    EXPECT_NE(plan, nullptr);
    if (plan == nullptr) return names;
    for (const auto& candidate : plan->candidates) {
      names.push_back(decision.config->snapshot.providers[candidate.provider].name);
    }
    return names;
  }

  static std::vector<std::string> ask(ControlPlane& control_plane) {
    return candidates(control_plane.decide({.model = "claude", .pinned_provider = {}}));
  }

  FakeClock clock_;
  ConfigLoad next_load_;
};

TEST_F(ControlPlaneTest, PlansOverTheProvidersInOrderOfPriority) {
  const auto control_plane = serve(sample_config({"a", "b"}));

  EXPECT_THAT(ask(*control_plane), ElementsAre("a", "b"));
}

TEST_F(ControlPlaneTest, RejectsAModelThatNoRouteServes) {
  Config config = sample_config({"a"});
  config.snapshot.routing.routes[0].pattern = "gpt";
  const auto control_plane = serve(config);

  const Decision decision = control_plane->decide({.model = "claude", .pinned_provider = {}});

  const auto* rejection = std::get_if<routing::Rejection>(&decision.outcome);
  ASSERT_NE(rejection, nullptr);
  EXPECT_EQ(rejection->reason, routing::RejectionReason::kNoRoute);
}

TEST_F(ControlPlaneTest, TakesTurnsExactlyWhenManyAskAtOnce) {
  const auto control_plane = serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  constexpr int kThreads = 4;
  constexpr int kQueries = 300;
  std::vector<std::map<std::string, int>> firsts(kThreads);

  std::vector<std::thread> threads;
  for (auto& first : firsts) {
    threads.emplace_back([&] {
      for (int i = 0; i < kQueries; ++i) ++first[ask(*control_plane).front()];
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::map<std::string, int> total;
  for (const auto& first : firsts) {
    for (const auto& [name, count] : first) total[name] += count;
  }
  EXPECT_EQ(total, (std::map<std::string, int>{{"a", 400}, {"b", 400}, {"c", 400}}));
}

TEST_F(ControlPlaneTest, PassesOverAProviderThatCools) {
  const auto control_plane = serve(sample_config({"a", "b"}));

  control_plane->record(attempt_report("a", AttemptOutcome::kTransient));

  EXPECT_THAT(ask(*control_plane), ElementsAre("b"));
}

TEST_F(ControlPlaneTest, GivesTheOneProbeToTheFirstWhoAsksAfterExpiry) {
  const auto control_plane = serve(sample_config({"a", "b"}));
  control_plane->record(attempt_report("a", AttemptOutcome::kTransient));
  clock_.advance(181s);

  EXPECT_THAT(ask(*control_plane), ElementsAre("a", "b"));
  EXPECT_THAT(ask(*control_plane), ElementsAre("b"));

  control_plane->record(attempt_report("a", AttemptOutcome::kSuccess, /*probe=*/true));
  EXPECT_THAT(ask(*control_plane), ElementsAre("a", "b"));
  EXPECT_THAT(ask(*control_plane), ElementsAre("a", "b"));
}

TEST_F(ControlPlaneTest, GivesOneProbeWhenManyAskAtOnce) {
  const auto control_plane = serve(sample_config({"a", "b"}));
  control_plane->record(attempt_report("a", AttemptOutcome::kTransient));
  clock_.advance(181s);
  std::atomic<int> probes = 0;

  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) probes += ask(*control_plane).front() == "a" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(probes, 1);
}

TEST_F(ControlPlaneTest, KeepsHealthThroughAReload) {
  const auto control_plane = serve(sample_config({"a", "b"}));
  control_plane->record(attempt_report("a", AttemptOutcome::kTransient));

  next_load_.config = sample_config({"new", "b", "a"});
  const ConfigReload reload = control_plane->reload();

  EXPECT_EQ(reload.snapshot_version, 2u);
  EXPECT_THAT(ask(*control_plane), ElementsAre("new", "b"));
}

TEST_F(ControlPlaneTest, KeepsTheFormerConfigurationWhenTheNewOneIsRefused) {
  const auto control_plane = serve(sample_config({"a"}));
  const auto former = control_plane->config();

  next_load_.config.reset();
  next_load_.problems = {{ConfigProblem::Severity::kError, "config.yaml", 3, 1, "providers", "must be a list"}};
  const ConfigReload reload = control_plane->reload();

  EXPECT_EQ(reload.snapshot_version, 0u);
  ASSERT_EQ(reload.problems.size(), 1u);
  EXPECT_EQ(reload.problems[0].line, 3);
  EXPECT_EQ(control_plane->config(), former);
}

TEST_F(ControlPlaneTest, KeepsItsVersionWhenAReloadChangesNothing) {
  const auto control_plane = serve(sample_config({"a"}));
  RecordedChanges changes;
  const ChangeListeners::Subscription subscription(control_plane->listeners(), changes);
  clock_.advance(1h);

  EXPECT_EQ(control_plane->reload().snapshot_version, 1u);

  EXPECT_EQ(changes.config_changes, 0);
}

TEST_F(ControlPlaneTest, TellsListenersOfNewConfigurationsAndOfProvidersThatCoolOrRecover) {
  const auto control_plane = serve(sample_config({"a"}));
  RecordedChanges changes;
  const ChangeListeners::Subscription subscription(control_plane->listeners(), changes);

  control_plane->record(attempt_report("a", AttemptOutcome::kSuccess));
  control_plane->record(attempt_report("a", AttemptOutcome::kTransient));
  clock_.advance(181s);
  ask(*control_plane);
  control_plane->record(attempt_report("a", AttemptOutcome::kSuccess, /*probe=*/true));
  next_load_.config = sample_config({"a", "b"});
  control_plane->reload();

  EXPECT_THAT(changes.provider_changes, ElementsAre("a", "a"));
  EXPECT_EQ(changes.config_changes, 1);
}

TEST_F(ControlPlaneTest, NamesItsProcessInEverySnapshot) {
  const auto first = serve(sample_config({"a"}));
  const auto second = serve(sample_config({"a"}));

  EXPECT_FALSE(first->config()->snapshot.epoch.empty());
  EXPECT_NE(first->config()->snapshot.epoch, second->config()->snapshot.epoch);
}

}  // namespace
}  // namespace balancer::controlplane
