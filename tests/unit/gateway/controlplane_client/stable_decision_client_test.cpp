#include "gateway/controlplane_client/stable_decision_client.hpp"

#include <algorithm>

#include "tests/unit/gateway/controlplane_client/stable_decision_client_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class StableDecisionClientTest : public StableDecisionClientFixture {};

TEST_P(StableDecisionClientTest, HandsOnTheControlPlanesPlan) {
  control_plane_.start();
  connect(10s);

  const Decided decided = decide("claude-sonnet");

  EXPECT_TRUE(decided.by_control_plane());
  EXPECT_THAT(decided.providers(), ElementsAre(1, 0));
  ASSERT_EQ(control_plane_.queries().size(), 1U);
  EXPECT_EQ(control_plane_.queries()[0].model(), "claude-sonnet");
}

class InProcessDecisionTest : public StableDecisionClientFixture {};

TEST_P(InProcessDecisionTest, WorksOverAnInProcessChannel) {
  control_plane_.start();
  connect(control_plane_.in_process_channel(), "", 10s);

  EXPECT_TRUE(decide().by_control_plane());
}

TEST_P(StableDecisionClientTest, SendsTheQueriesOfOneLoopTurnInOneBatch) {
  control_plane_.start();
  connect(10s);
  ASSERT_TRUE(decide().by_control_plane());
  const std::size_t batches = control_plane_.batch_count();

  const auto decisions = decide_together(50);

  EXPECT_TRUE(std::all_of(decisions.begin(), decisions.end(), [](const Decided& d) { return d.by_control_plane(); }));
  EXPECT_EQ(control_plane_.batch_count(), batches + 1);
}

TEST_P(StableDecisionClientTest, MatchesAnswersThatComeInAnyOrder) {
  control_plane_.start();
  connect(10s);
  ASSERT_TRUE(decide().by_control_plane());
  control_plane_.answer_in_reverse(20);
  control_plane_.answer([](const v1::RouteQuery& query) {
    auto decision = plan_of({"a"});
    decision.mutable_plan()->mutable_candidates(0)->set_upstream_model("upstream of " + query.model());
    return decision;
  });

  const auto decisions = decide_together(20);

  for (std::size_t i = 0; i < decisions.size(); ++i) {
    EXPECT_EQ(std::get<routing::AttemptPlan>(decisions[i].decision).candidates.at(0).upstream_model,
              "upstream of model-" + std::to_string(i));
  }
}

TEST_P(StableDecisionClientTest, PlansHereWhenTheSnapshotLacksEveryProvider) {
  control_plane_.start();
  connect(10s);
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"newer"}); });

  const Decided decided = decide();

  EXPECT_FALSE(decided.by_control_plane());
  EXPECT_THAT(decided.providers(), ElementsAre(0, 1));
}

TEST_P(StableDecisionClientTest, PlansHereAtOnceWhileNoControlPlaneIsThere) {
  connect();

  for (int i = 0; i < 20; ++i) {
    const Decided decided = decide();
    EXPECT_THAT(decided.providers(), ElementsAre(0, 1));
    EXPECT_LT(decided.waited, kDeadline + kSlack);
  }
}

TEST_P(StableDecisionClientTest, PlansHereWhenNoAnswerComesInTime) {
  control_plane_.start();
  control_plane_.answer(nullptr);
  connect();

  const Decided decided = decide();

  EXPECT_THAT(decided.providers(), ElementsAre(0, 1));
  EXPECT_GE(decided.waited, kDeadline);
  EXPECT_LT(decided.waited, kDeadline + kSlack);
}

TEST_P(StableDecisionClientTest, StopsAskingAFrozenControlPlaneAndResumesOnceItAnswers) {
  control_plane_.start();
  connect(1s);
  ASSERT_TRUE(decide().by_control_plane());
  control_plane_.answer(nullptr);
  decide_together(3);
  const std::size_t asked = control_plane_.queries().size();

  const auto meanwhile = decide_together(200);
  EXPECT_TRUE(std::none_of(meanwhile.begin(), meanwhile.end(), [](const Decided& d) { return d.by_control_plane(); }));
  EXPECT_LE(control_plane_.queries().size(), asked + 1);

  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  EXPECT_TRUE(answered_eventually());
}

TEST_P(StableDecisionClientTest, AsksAgainAfterTheControlPlaneIsBack) {
  control_plane_.start();
  connect(1s);
  ASSERT_TRUE(decide().by_control_plane());

  control_plane_.stop();
  EXPECT_THAT(decide().providers(), ElementsAre(0, 1));
  control_plane_.start();

  EXPECT_TRUE(answered_eventually());
}

TEST_P(StableDecisionClientTest, ABrokenStreamFreesAllWhoWaitAndIsOpenedAgain) {
  control_plane_.start();
  connect(30s);
  ASSERT_TRUE(decide().by_control_plane());
  control_plane_.answer(nullptr);
  std::vector<std::future<Decided>> waiting;
  io_.run([&] {
    for (int i = 0; i < 10; ++i) waiting.push_back(io_.spawn(ask("claude")));
  });
  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.queries().size() == 11; }));

  control_plane_.break_decide_streams();

  for (auto& future : waiting) {
    const Decided decided = future.get();
    EXPECT_THAT(decided.providers(), ElementsAre(0, 1));
    EXPECT_LT(decided.waited, 20s);
  }
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  EXPECT_TRUE(answered_eventually());
}

TEST_P(StableDecisionClientTest, ReportsEveryAttemptOnce) {
  control_plane_.start();
  connect();

  for (int i = 0; i < 100; ++i) report("a", i);

  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.reports().size() >= 100; }));
  ASSERT_TRUE(control_plane_.wait_until([&] { return decide().by_control_plane(); }));
  const auto reports = control_plane_.reports();
  ASSERT_EQ(reports.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(reports[static_cast<std::size_t>(i)].status(), i);
}

TEST_P(StableDecisionClientTest, ReportsMadeWhileDisconnectedArriveOnceAfterwards) {
  connect();
  EXPECT_THAT(decide().providers(), ElementsAre(0, 1));
  for (int i = 0; i < 10; ++i) report("a", i);

  control_plane_.start();

  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.reports().size() >= 10; }));
  ASSERT_TRUE(answered_eventually());
  EXPECT_EQ(control_plane_.reports().size(), 10U);
}

TEST_P(StableDecisionClientTest, PlansHereAroundProvidersThatFailedHere) {
  connect();
  routing::AttemptReport failed;
  failed.provider = "a";
  failed.outcome = routing::AttemptOutcome::kTransient;
  io_.run([&] { client_->report(failed); });

  EXPECT_THAT(decide().providers(), ElementsAre(1));
}

TEST_P(StableDecisionClientTest, JudgesFailuresByTheSnapshotsCooldown) {
  snapshot_.cooldown = {.base = 24h, .limit = 24h};
  connect();
  decide();
  routing::AttemptReport failed;
  failed.provider = "a";
  failed.outcome = routing::AttemptOutcome::kRateLimited;
  failed.retry_delay = 23h;
  bool cooling_later = false;
  io_.run([&] {
    client_->report(failed);
    cooling_later = client_->is_cooling("a", "claude");
  });

  EXPECT_TRUE(cooling_later);
  const auto plan = io_.spawn(ask("claude")).get();
  const auto soonest = std::get<routing::AttemptPlan>(plan.decision).soonest_recovery;
  ASSERT_TRUE(soonest);
  EXPECT_GT(*soonest, 22h);
}

INSTANTIATE_TEST_SUITE_P(, InProcessDecisionTest, testing::Values(DecideTransport::kGrpc), name_of);
INSTANTIATE_OVER_BOTH_TRANSPORTS(StableDecisionClientTest);

}  // namespace
}  // namespace balancer::gateway
