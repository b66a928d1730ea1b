// Which provider a session gets.
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;
using routing::SelectionStrategy;
using testing::ElementsAre;

class SessionRoutingTest : public ControlPlaneFixture {};

TEST_F(SessionRoutingTest, KeepsItsProviderWhileOthersTakeTurns) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  const std::string first = ask("s1").front();
  const std::string second = ask("s2").front();
  EXPECT_NE(first, second);

  for (int i = 0; i < 7; ++i) {
    ask();
    EXPECT_EQ(ask("s1").front(), first);
    EXPECT_EQ(ask("s2").front(), second);
  }
}

TEST_F(SessionRoutingTest, KeepsItForAsLongAsItIsUsedAndAnHourLonger) {
  serve(sample_config({"a", "b"}, SelectionStrategy::kRoundRobin));
  ask("s1");
  for (int i = 0; i < 3; ++i) {
    clock_.advance(59min);
    EXPECT_EQ(ask("s1").front(), "a");
  }

  clock_.advance(60min);

  EXPECT_EQ(ask("s1").front(), "b");
}

TEST_F(SessionRoutingTest, KeepsNothingWhenConfiguredSo) {
  Config config = sample_config({"a", "b"}, SelectionStrategy::kRoundRobin);
  config.affinity.sticky_duration = 0s;
  serve(config);

  EXPECT_EQ(ask("s1").front(), "a");
  EXPECT_EQ(ask("s1").front(), "b");
}

TEST_F(SessionRoutingTest, StaysWithTheProviderThatTookItOverWhenTheFormerIsBack) {
  serve(sample_config({"a", "b"}));
  EXPECT_EQ(ask("s1").front(), "a");
  cool("a", 30s);
  EXPECT_EQ(ask("s1").front(), "b");
  clock_.advance(30s);
  EXPECT_THAT(ask(), ElementsAre("a?", "b"));
  report("a", AttemptOutcome::kSuccess, /*probe=*/true);

  EXPECT_THAT(ask("s1"), ElementsAre("b", "a"));
  EXPECT_THAT(ask("s2"), ElementsAre("a", "b")) << "new sessions go to the preferred one";
}

TEST_F(SessionRoutingTest, FollowsTheProviderThatServedItAfterAFailure) {
  serve(sample_config({"a", "b"}));
  ask("s1");

  fail_over("a", "b", "s1");

  EXPECT_FALSE(cools("a")) << "it failed once only";
  EXPECT_THAT(ask("s1"), ElementsAre("b", "a"));
}

TEST_F(SessionRoutingTest, FollowsToAProviderThatPassesTheModelThrough) {
  Config config = sample_config({"a", "b"});
  config.snapshot.routing.routes[0].targets[1].upstream_model.clear();
  serve(config);
  ask("s1");
  AttemptReport served = attempt_report("b", AttemptOutcome::kSuccess);
  served.upstream_model = "claude";
  served.session_key = "s1";
  served.route = "*";

  report(served);

  EXPECT_THAT(ask("s1"), ElementsAre("b", "a"));
}

TEST_F(SessionRoutingTest, TellsTwoModelsOfOneProviderApart) {
  Config config = sample_config({"a", "b"}, SelectionStrategy::kRoundRobin);
  auto& targets = config.snapshot.routing.routes[0].targets;
  targets[1] = {.provider = 0, .upstream_model = "other"};
  targets[0].upstream_model.clear();
  serve(config);
  const auto model_of_first = [&](std::string_view session) {
    const Decision decision = control_plane_->decide(query(session), ledger_);
    return std::get<routing::AttemptPlan>(decision.outcome).candidates.front().upstream_model;
  };

  EXPECT_EQ(model_of_first("s1"), "");
  EXPECT_EQ(model_of_first("s2"), "other");
  EXPECT_EQ(model_of_first("s2"), "other");
  EXPECT_EQ(model_of_first("s1"), "");
}

TEST_F(SessionRoutingTest, DoesNotProbeWhileItsOwnProviderIsWell) {
  serve(sample_config({"a", "b"}));
  cool("a", 30s);
  EXPECT_EQ(ask("s1").front(), "b");
  clock_.advance(30s);

  EXPECT_THAT(ask("s1"), ElementsAre("b"));

  EXPECT_THAT(ask("s2"), ElementsAre("a?", "b"));
}

TEST_F(SessionRoutingTest, ANewSessionWhoseProbeFailsStaysWhereItWasServed) {
  serve(sample_config({"a", "b"}));
  cool("a", 30s);
  clock_.advance(30s);
  EXPECT_THAT(ask("s1"), ElementsAre("a?", "b"));
  AttemptReport failed = attempt_report("a", AttemptOutcome::kTransient, /*probe=*/true);
  failed.next_provider = "b";
  report(failed);
  AttemptReport served = attempt_report("b", AttemptOutcome::kSuccess);
  served.session_key = "s1";
  served.route = "*";
  report(served);
  control_plane_->restore_provider("a");

  EXPECT_THAT(ask("s1"), ElementsAre("b", "a"));
}

TEST_F(SessionRoutingTest, ComesBackToItsProviderThatWasOnlyBusy) {
  Config config = sample_config({"a", "b"});
  config.snapshot.providers[0].max_in_flight = 1;
  serve(config);
  EXPECT_EQ(ask("s1").front(), "a");
  EXPECT_EQ(ask("s1").front(), "b") << "its first request is still under way";
  report("a", AttemptOutcome::kSuccess);

  EXPECT_EQ(ask("s1").front(), "a");
}

TEST_F(SessionRoutingTest, APinnedRequestDoesNotMoveIt) {
  serve(sample_config({"a", "b"}));
  EXPECT_EQ(ask("s1").front(), "a");
  DecisionQuery pinned = query("s1");
  pinned.route.pinned_provider = "b";
  EXPECT_THAT(ask(pinned, ledger_), ElementsAre("b"));

  EXPECT_EQ(ask("s1").front(), "a");
}

TEST_F(SessionRoutingTest, ChoosesAnewWhenItStartsAnew) {
  serve(sample_config({"a", "b"}));
  ask("s1");
  fail_over("a", "b", "s1");
  DecisionQuery start = query("s1");
  start.session_start = true;

  EXPECT_EQ(ask(start, ledger_).front(), "a");
  EXPECT_EQ(ask("s1").front(), "a") << "and keeps that";
}

TEST_F(SessionRoutingTest, HasAProviderForEveryRoute) {
  Config config = sample_config({"a", "b"});
  routing::Route haiku = config.snapshot.routing.routes[0];
  haiku.pattern = "claude-haiku";
  config.snapshot.routing.routes.push_back(haiku);
  serve(config);
  ask("s1");
  fail_over("a", "b", "s1");
  DecisionQuery small = query("s1");
  small.route.model = "claude-haiku";

  EXPECT_EQ(ask(small, ledger_).front(), "a");
  EXPECT_EQ(ask("s1").front(), "b");
}

TEST_F(SessionRoutingTest, LosesItsProviderWhenAReloadRemovesOrDisablesIt) {
  serve(sample_config({"a", "b"}));
  ask("s1");
  fail_over("a", "b", "s1");
  reload(sample_config({"a"}));
  EXPECT_THAT(ask("s1"), ElementsAre("a"));

  Config disabled = sample_config({"a", "b"});
  disabled.snapshot.routing.providers[0].enabled = disabled.snapshot.providers[0].enabled = false;
  reload(disabled);

  EXPECT_THAT(ask("s1"), ElementsAre("b"));
}

TEST_F(SessionRoutingTest, KeepsItsProviderOverAReloadThatMovesIt) {
  serve(sample_config({"a", "b", "c"}));
  ask("s1");
  fail_over("a", "b", "s1");

  reload(sample_config({"c", "a", "b"}));

  EXPECT_EQ(ask("s1").front(), "b");
}

}  // namespace
}  // namespace balancer::controlplane
