#include "controlplane/domain/reload_history.hpp"

#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

class ReloadHistoryTest : public ControlPlaneFixture {
 protected:
  static ConfigProblem problem(ConfigProblem::Severity severity) {
    return {severity, "config.yaml", 3, 1, "providers", "no list"};
  }
  ConfigReload refuse() {
    next_load_.config.reset();
    next_load_.problems = {problem(ConfigProblem::Severity::kError)};
    return control_plane_->reload();
  }
  LastReload last() const { return control_plane_->reloads().last(); }
  ReloadCounts counts() const { return control_plane_->reloads().counts(); }
};

TEST_F(ReloadHistoryTest, CountsTheStartAsTheFirst) {
  serve(sample_config({"a"}));

  EXPECT_EQ(last().outcome, ReloadOutcome::kApplied);
  EXPECT_EQ(last().time, clock_.wall_now());
  EXPECT_EQ(counts().applied, 1);
  EXPECT_EQ(counts().unchanged, 0);
  EXPECT_EQ(counts().refused, 0);
}

TEST_F(ReloadHistoryTest, RemembersWhenAConfigurationCameIntoForce) {
  serve(sample_config({"a"}));
  clock_.advance(90s);
  next_load_.problems = {problem(ConfigProblem::Severity::kWarning)};

  reload(sample_config({"a", "b"}));

  EXPECT_EQ(last().outcome, ReloadOutcome::kApplied);
  EXPECT_EQ(last().time, clock_.wall_now());
  EXPECT_EQ(last().problems.size(), 1u) << "warnings too";
  EXPECT_EQ(counts().applied, 2);
}

TEST_F(ReloadHistoryTest, RemembersThatNothingChanged) {
  serve(sample_config({"a"}));
  clock_.advance(90s);

  control_plane_->reload();

  EXPECT_EQ(last().outcome, ReloadOutcome::kUnchanged);
  EXPECT_EQ(last().time, clock_.wall_now());
  EXPECT_EQ(counts().applied, 1);
  EXPECT_EQ(counts().unchanged, 1);
}

TEST_F(ReloadHistoryTest, RemembersWhyAConfigurationWasRefusedWhileTheFormerOneStays) {
  serve(sample_config({"a"}));
  const auto former = control_plane_->config();

  refuse();

  EXPECT_EQ(last().outcome, ReloadOutcome::kRefused);
  ASSERT_EQ(last().problems.size(), 1u);
  EXPECT_EQ(last().problems[0].message, "no list");
  EXPECT_EQ(counts().refused, 1);
  EXPECT_EQ(control_plane_->config(), former);
  EXPECT_EQ(control_plane_->config()->snapshot.version, 1u);
}

TEST_F(ReloadHistoryTest, ForgetsTheProblemsOfTheReadingBefore) {
  serve(sample_config({"a"}));
  refuse();
  next_load_.problems.clear();

  reload(sample_config({"a"}));

  EXPECT_EQ(last().outcome, ReloadOutcome::kUnchanged);
  EXPECT_TRUE(last().problems.empty());
  EXPECT_EQ(counts().refused, 1);
}

class ControlPlaneRevisionTest : public ReloadHistoryTest {
 protected:
  // Whether watchers would look again because of it.
  template <class Change>
  bool is_news(Change change) {
    const std::uint64_t before = control_plane_->revision();
    change();
    return control_plane_->revision() != before;
  }
};

TEST_F(ControlPlaneRevisionTest, ChangesWithProvidersRequestsGatewaysAndConfigurations) {
  serve(sample_config({"a"}));
  DecisionQuery asked = query();
  asked.request_id = "r1";

  EXPECT_TRUE(is_news([&] { static_cast<void>(control_plane_->decide(asked, ledger_)); }));
  EXPECT_TRUE(is_news([&] { control_plane_->activity().observe_request({}, "g1"); }));
  EXPECT_TRUE(is_news([&] { cool("a"); }));
  EXPECT_TRUE(is_news([&] { control_plane_->restore_provider("a"); }));
  EXPECT_TRUE(is_news([&] { control_plane_->drain_gateway("g1", true); }));
  EXPECT_TRUE(is_news([&] { reload(sample_config({"a", "b"})); }));
}

TEST_F(ControlPlaneRevisionTest, ChangesWhenAConfigurationIsRefused) {
  serve(sample_config({"a"}));

  EXPECT_TRUE(is_news([&] { refuse(); }));
}

TEST_F(ControlPlaneRevisionTest, StaysWhileNothingHappens) {
  serve(sample_config({"a"}));

  EXPECT_FALSE(is_news([&] { clock_.advance(1h); }));
  EXPECT_FALSE(is_news([&] { static_cast<void>(control_plane_->explain(query())); }));
  EXPECT_FALSE(is_news([&] { control_plane_->reload(); }));
}

}  // namespace
}  // namespace balancer::controlplane
