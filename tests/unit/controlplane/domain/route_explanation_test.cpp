// What is only asked changes nothing, and tells what a decision would be.
#include "controlplane/domain/route_explanation.hpp"

#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::SelectionStrategy;
using routing::TargetVerdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RouteExplanationTest : public ControlPlaneFixture {
 protected:
  // In the order of the attempts.
  std::vector<std::string> explained(const DecisionQuery& query) {
    std::vector<std::string> names;
    for (const ExplainedTarget& target : control_plane_->explain(query).targets) {
      if (target.position > 0) names.push_back(target.provider + (target.verdict == TargetVerdict::kProbeDue ? "?" : ""));
    }
    return names;
  }
  std::map<std::string, TargetVerdict> verdicts(const DecisionQuery& query) {
    std::map<std::string, TargetVerdict> result;
    for (const ExplainedTarget& target : control_plane_->explain(query).targets) result[target.provider] = target.verdict;
    return result;
  }
  static DecisionQuery dry(DecisionQuery query) {
    query.dry_run = true;
    return query;
  }
};

TEST_F(RouteExplanationTest, SaysOfEveryTargetWhetherAndWhen) {
  Config config = sample_config({"off", "cool", "busy", "well"});
  config.snapshot.providers[0].enabled = config.snapshot.routing.providers[0].enabled = false;
  config.snapshot.providers[2].max_in_flight = 1;
  serve(config);
  cool("cool", 40s);
  ask();

  const RouteExplanation explanation = control_plane_->explain(query());

  EXPECT_EQ(explanation.route, "*");
  EXPECT_EQ(explanation.strategy, SelectionStrategy::kPriority);
  EXPECT_THAT(explanation.rejection, IsEmpty());
  EXPECT_THAT(verdicts(query()), ElementsAre(testing::Pair("busy", TargetVerdict::kBusy),
                                             testing::Pair("cool", TargetVerdict::kCooling),
                                             testing::Pair("off", TargetVerdict::kDisabled),
                                             testing::Pair("well", TargetVerdict::kUsable)));
  EXPECT_EQ(explanation.targets.front().provider, "well");
  EXPECT_EQ(explanation.targets.front().position, 1);
  EXPECT_EQ(explanation.targets.front().upstream_model, "model-at-well");
  EXPECT_EQ(explanation.targets.back().position, 0);
  for (const ExplainedTarget& target : explanation.targets) {
    EXPECT_EQ(target.remaining_cooldown, target.provider == "cool" ? 40s : 0s);
  }
}

TEST_F(RouteExplanationTest, SaysWhyNobodyWouldBeTried) {
  Config config = sample_config({"a"});
  config.snapshot.routing.routes[0].pattern = "gpt";
  serve(config);

  const RouteExplanation explanation = control_plane_->explain(query());

  EXPECT_THAT(explanation.route, IsEmpty());
  EXPECT_THAT(explanation.rejection, HasSubstr("claude"));
  EXPECT_THAT(explanation.targets, IsEmpty());
}

TEST_F(RouteExplanationTest, AgreesWithTheDecision) {
  for (const auto strategy : {SelectionStrategy::kPriority, SelectionStrategy::kRoundRobin, SelectionStrategy::kWeighted}) {
    serve(sample_config({"a", "b", "c"}, strategy));
    for (int i = 0; i < 40; ++i) {
      if (i == 10) cool("b", 20s);
      if (i == 20) report("a", AttemptOutcome::kQuotaExhausted);
      if (i == 30) report("c", AttemptOutcome::kModelMissing);
      clock_.advance(1s);
      for (const char* const session : {"", "s1", "s2"}) {
        DecisionQuery asked = query(session);
        asked.session_start = i == 7 && asked.session_key == "s2";
        const std::vector<std::string> expected = explained(asked);
        const std::vector<std::string> would_be = ask(dry(asked), ledger_);
        std::vector<std::string> decided = ask(asked, ledger_);
        EXPECT_EQ(would_be, decided);
        for (std::string& name : decided) std::erase(name, '!');
        EXPECT_EQ(expected, decided) << i << session;
      }
    }
  }
}

TEST_F(RouteExplanationTest, NamesTheSessionsProvider) {
  serve(sample_config({"a", "b"}));
  EXPECT_THAT(control_plane_->explain(query("s1")).session_provider, IsEmpty());
  ask("s1");
  fail_over("a", "b", "s1");

  EXPECT_EQ(control_plane_->explain(query("s1")).session_provider, "b");
  EXPECT_THAT(explained(query("s1")), ElementsAre("b", "a"));

  DecisionQuery start = query("s1");
  start.session_start = true;
  EXPECT_THAT(control_plane_->explain(start).session_provider, IsEmpty());
}

TEST_F(RouteExplanationTest, TakesNoTurnNoAttemptAndNoProbe) {
  serve(sample_config({"a", "b", "c"}, SelectionStrategy::kRoundRobin));
  cool("c", 30s);
  clock_.advance(30s);

  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(ask(dry(query()), ledger_), ElementsAre("c?", "a", "b"));
    EXPECT_THAT(explained(query()), ElementsAre("c?", "a", "b"));
  }

  EXPECT_EQ(in_flight("c"), 0);
  EXPECT_THAT(ledger_.in_flight(), IsEmpty());
  EXPECT_THAT(ledger_.probes(), IsEmpty());
  EXPECT_THAT(ask(), ElementsAre("c?", "a", "b"));
  EXPECT_THAT(ask(), ElementsAre("a", "b"));
}

TEST_F(RouteExplanationTest, BindsNoSessionAndKeepsNoneAlive) {
  serve(sample_config({"a", "b"}, SelectionStrategy::kRoundRobin));
  ask(dry(query("s1")), ledger_);
  EXPECT_THAT(control_plane_->explain(query("s1")).session_provider, IsEmpty());

  ask("s1");
  for (int i = 0; i < 2; ++i) {
    clock_.advance(30min);
    ask(dry(query("s1")), ledger_);
    static_cast<void>(control_plane_->explain(query("s1")));
  }

  EXPECT_EQ(ask("s1").front(), "b") << "nobody used it for an hour";
}

}  // namespace
}  // namespace balancer::controlplane
