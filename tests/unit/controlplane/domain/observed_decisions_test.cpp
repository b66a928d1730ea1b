// What is told of a control plane's decisions to those who watch it.
#include "tests/unit/controlplane/domain/observed_decisions.hpp"

namespace balancer::controlplane {
namespace {

using testing::ElementsAre;
using testing::Pair;

class ObservedDecisionsTest : public ObservedDecisions {};

TEST_F(ObservedDecisionsTest, ShowsARequestWithItsReasonAndItsTargets) {
  serve(sample_config({"a", "b"}));
  DecisionQuery asked = request("r1");
  asked.caller = "team";
  asked.gateway_id = "g1";
  asked.stream = true;

  decide(asked);

  EXPECT_EQ(seen(), 1u);
  const ObservedRequest found = newest();
  EXPECT_EQ(found.summary.request_id, "r1");
  EXPECT_EQ(found.summary.model, "claude");
  EXPECT_EQ(found.summary.caller, "team");
  EXPECT_EQ(found.summary.route, "*");
  EXPECT_TRUE(found.summary.stream);
  EXPECT_TRUE(found.running);
  EXPECT_EQ(found.gateway_id, "g1");
  EXPECT_EQ(found.time, clock_.wall_now());
  EXPECT_EQ(found.reason, "a: first by priority");
  ASSERT_TRUE(found.explanation.has_value());
  ASSERT_EQ(found.explanation->targets.size(), 2u);
  EXPECT_EQ(found.explanation->targets[0].provider, "a");
  EXPECT_EQ(found.explanation->targets[0].position, 1);
  EXPECT_EQ(found.explanation->targets[1].position, 2);
}

TEST_F(ObservedDecisionsTest, SaysNothingOfADryRun) {
  serve(sample_config({"a"}));
  DecisionQuery asked = request("r1");
  asked.dry_run = true;

  decide(asked);

  EXPECT_EQ(seen(), 0u);
  EXPECT_TRUE(control_plane_->activity().counts().decisions.empty());
}

TEST_F(ObservedDecisionsTest, ADryRunDoesNotTakeTheTurnOfARequestThatIsShown) {
  serve(sample_config({"a"}));
  DecisionQuery dry = request("dry");
  dry.dry_run = true;

  decide(dry);
  static_cast<void>(control_plane_->decide(request("r1"), ledger_));

  EXPECT_EQ(newest().summary.request_id, "r1");
}

TEST_F(ObservedDecisionsTest, CountsADecisionWhoseRequestIsNotNamed) {
  serve(sample_config({"a"}));

  decide(query());

  EXPECT_EQ(seen(), 0u);
  EXPECT_THAT(control_plane_->activity().counts().decisions, ElementsAre(Pair("plan", 1)));
}

TEST_F(ObservedDecisionsTest, CountsAllOfABurstAndShowsOne) {
  serve(sample_config({"a"}));

  for (const char* id : {"r1", "r2", "r3"}) static_cast<void>(control_plane_->decide(request(id), ledger_));

  EXPECT_EQ(seen(), 1u);
  EXPECT_THAT(control_plane_->activity().counts().decisions, ElementsAre(Pair("plan", 3)));
}

}  // namespace
}  // namespace balancer::controlplane
