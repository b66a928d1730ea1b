#include "gateway/controlplane_client/stable_decision_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <variant>

#include "gateway/controlplane_client/control_plane_link.hpp"
#include "gateway/controlplane_client/snapshot_decoding.hpp"
#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"
#include "tests/unit/gateway/controlplane_client/io_thread.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// Far above what a busy machine adds, far below what a request would notice as a hang.
constexpr std::chrono::milliseconds kSlack{1'000};
constexpr std::chrono::milliseconds kDeadline{50};

struct Decided {
  routing::RoutingDecision decision;
  std::chrono::steady_clock::duration waited{};

  // Names of the candidates, with the route that says who planned.
  [[nodiscard]] std::vector<std::size_t> providers() const {
    std::vector<std::size_t> indexes;
    for (const auto& candidate : std::get<routing::AttemptPlan>(decision).candidates) {
      indexes.push_back(candidate.provider);
    }
    return indexes;
  }
  [[nodiscard]] bool by_control_plane() const {
    const auto* plan = std::get_if<routing::AttemptPlan>(&decision);
    return plan != nullptr && plan->route == "from the control plane";
  }
};

class StableDecisionClientTest : public testing::Test {
 protected:
  StableDecisionClientTest() {
    control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  }
  ~StableDecisionClientTest() override {
    io_.run([&] { client_.reset(); });
  }

  void connect(std::chrono::milliseconds deadline = kDeadline) {
    io_.run([&] {
      client_ = std::make_unique<StableDecisionClient>(connect_control_plane(control_plane_.target()), io_.wheel(),
                                                       deadline, news_, 1);
    });
  }

  asio::awaitable<Decided> ask(std::string model) {
    const auto start = std::chrono::steady_clock::now();
    const DecisionRequest request{.model = model, .pinned_provider = {}, .session_key = {}, .caller = {}};
    Decided decided;
    decided.decision = co_await client_->decide(request, snapshot_);
    decided.waited = std::chrono::steady_clock::now() - start;
    co_return decided;
  }

  Decided decide(std::string model = "claude") { return io_.spawn(ask(std::move(model))).get(); }

  // All in one turn of the loop.
  std::vector<Decided> decide_together(std::size_t count) {
    std::vector<std::future<Decided>> futures;
    io_.run([&] {
      for (std::size_t i = 0; i < count; ++i) futures.push_back(io_.spawn(ask("model-" + std::to_string(i))));
    });
    std::vector<Decided> decisions;
    for (auto& future : futures) decisions.push_back(future.get());
    return decisions;
  }

  // Until the control plane's word is heard again.
  [[nodiscard]] bool answered_eventually() {
    return control_plane_.wait_until([&] { return decide().by_control_plane(); });
  }

  void report(std::string provider, int status) {
    routing::AttemptReport attempt;
    attempt.provider = std::move(provider);
    attempt.status = status;
    io_.run([&] { client_->report(attempt); });
  }

  FakeControlPlane control_plane_;
  Snapshot snapshot_ = decode_snapshot(valid_snapshot(1)).value();
  std::shared_ptr<ControlPlaneNews> news_ = std::make_shared<ControlPlaneNews>();
  IoThread io_;
  std::unique_ptr<StableDecisionClient> client_;
};

TEST_F(StableDecisionClientTest, HandsOnTheControlPlanesPlan) {
  control_plane_.start();
  connect(10s);

  const Decided decided = decide("claude-sonnet");

  EXPECT_TRUE(decided.by_control_plane());
  EXPECT_THAT(decided.providers(), ElementsAre(1, 0));
  ASSERT_EQ(control_plane_.queries().size(), 1U);
  EXPECT_EQ(control_plane_.queries()[0].model(), "claude-sonnet");
}

TEST_F(StableDecisionClientTest, WorksOverAnInProcessChannel) {
  control_plane_.start();
  auto channel = control_plane_.in_process_channel();
  io_.run([&] { client_ = std::make_unique<StableDecisionClient>(channel, io_.wheel(), 10s, news_, 1); });

  EXPECT_TRUE(decide().by_control_plane());
}

TEST_F(StableDecisionClientTest, SendsTheQueriesOfOneLoopTurnInOneBatch) {
  control_plane_.start();
  connect(10s);
  ASSERT_TRUE(decide().by_control_plane());
  const std::size_t batches = control_plane_.batch_count();

  const auto decisions = decide_together(50);

  EXPECT_TRUE(std::all_of(decisions.begin(), decisions.end(), [](const Decided& d) { return d.by_control_plane(); }));
  EXPECT_EQ(control_plane_.batch_count(), batches + 1);
}

TEST_F(StableDecisionClientTest, MatchesAnswersThatComeInAnyOrder) {
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

TEST_F(StableDecisionClientTest, PassesRejectionsThrough) {
  control_plane_.start();
  connect(10s);
  control_plane_.answer([](const v1::RouteQuery&) {
    v1::RouteDecision decision;
    decision.mutable_rejection()->set_reason(v1::REJECTION_REASON_NO_PROVIDER);
    decision.mutable_rejection()->set_message("none");
    return decision;
  });

  const auto rejection = std::get<routing::Rejection>(decide().decision);

  EXPECT_EQ(rejection.reason, routing::RejectionReason::kNoProvider);
  EXPECT_EQ(rejection.message, "none");
}

TEST_F(StableDecisionClientTest, SkipsProvidersThatTheSnapshotLacks) {
  control_plane_.start();
  connect(10s);
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"newer", "b"}); });

  EXPECT_THAT(decide().providers(), ElementsAre(1));
}

TEST_F(StableDecisionClientTest, PlansHereWhenTheSnapshotLacksEveryProvider) {
  control_plane_.start();
  connect(10s);
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"newer"}); });

  const Decided decided = decide();

  EXPECT_FALSE(decided.by_control_plane());
  EXPECT_THAT(decided.providers(), ElementsAre(0, 1));
}

TEST_F(StableDecisionClientTest, PlansHereAtOnceWhileNoControlPlaneIsThere) {
  connect();

  for (int i = 0; i < 20; ++i) {
    const Decided decided = decide();
    EXPECT_THAT(decided.providers(), ElementsAre(0, 1));
    EXPECT_LT(decided.waited, kDeadline + kSlack);
  }
}

TEST_F(StableDecisionClientTest, PlansHereWhenNoAnswerComesInTime) {
  control_plane_.start();
  control_plane_.answer(nullptr);
  connect();

  const Decided decided = decide();

  EXPECT_THAT(decided.providers(), ElementsAre(0, 1));
  EXPECT_GE(decided.waited, kDeadline);
  EXPECT_LT(decided.waited, kDeadline + kSlack);
}

TEST_F(StableDecisionClientTest, StopsAskingAFrozenControlPlaneAndResumesOnceItAnswers) {
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

TEST_F(StableDecisionClientTest, AsksAgainAfterTheControlPlaneIsBack) {
  control_plane_.start();
  connect(1s);
  ASSERT_TRUE(decide().by_control_plane());

  control_plane_.stop();
  EXPECT_THAT(decide().providers(), ElementsAre(0, 1));
  control_plane_.start();

  EXPECT_TRUE(answered_eventually());
}

TEST_F(StableDecisionClientTest, ABrokenStreamFreesAllWhoWaitAndIsOpenedAgain) {
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

TEST_F(StableDecisionClientTest, NamesThatNoMessageCanCarryArePlannedHere) {
  control_plane_.start();
  connect(10s);
  ASSERT_TRUE(decide().by_control_plane());

  EXPECT_THAT(decide("broken \xff\xfe").providers(), ElementsAre(0, 1));
  EXPECT_THAT(decide(std::string(1 << 20, 'x')).providers(), ElementsAre(0, 1));

  EXPECT_TRUE(decide().by_control_plane()) << "the stream must survive them";
  EXPECT_EQ(control_plane_.queries().size(), 2U);
}

TEST_F(StableDecisionClientTest, ReportsEveryAttemptOnce) {
  control_plane_.start();
  connect();

  for (int i = 0; i < 100; ++i) report("a", i);

  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.reports().size() >= 100; }));
  ASSERT_TRUE(control_plane_.wait_until([&] { return decide().by_control_plane(); }));
  const auto reports = control_plane_.reports();
  ASSERT_EQ(reports.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(reports[static_cast<std::size_t>(i)].status(), i);
}

TEST_F(StableDecisionClientTest, ReportsMadeWhileDisconnectedArriveOnceAfterwards) {
  connect();
  EXPECT_THAT(decide().providers(), ElementsAre(0, 1));
  for (int i = 0; i < 10; ++i) report("a", i);

  control_plane_.start();

  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.reports().size() >= 10; }));
  ASSERT_TRUE(answered_eventually());
  EXPECT_EQ(control_plane_.reports().size(), 10U);
}

TEST_F(StableDecisionClientTest, GivesBackAProbeThatWasAdmittedTooLate) {
  control_plane_.start();
  connect();
  control_plane_.answer(nullptr);
  decide();
  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.queries().empty(); }));

  auto late = plan_of({"b", "a"});
  late.mutable_plan()->mutable_candidates(0)->set_probe(true);
  control_plane_.answer_late(control_plane_.queries().at(0).id(), late);

  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.reports().empty(); }));
  const v1::AttemptReport given_back = control_plane_.reports().at(0);
  EXPECT_EQ(given_back.provider(), "b");
  EXPECT_TRUE(given_back.probe());
  EXPECT_EQ(given_back.outcome(), v1::ATTEMPT_OUTCOME_CLIENT_GONE);
}

TEST_F(StableDecisionClientTest, PlansHereAroundProvidersThatFailedHere) {
  connect();
  routing::AttemptReport failed;
  failed.provider = "a";
  failed.outcome = routing::AttemptOutcome::kTransient;
  io_.run([&] { client_->report(failed); });

  EXPECT_THAT(decide().providers(), ElementsAre(1));
}

}  // namespace
}  // namespace balancer::gateway
