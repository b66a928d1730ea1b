// What travels between a decision client and its control plane.
#include "gateway/controlplane_client/routing_messages.hpp"

#include "tests/unit/gateway/controlplane_client/stable_decision_client_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class DecisionExchangeTest : public StableDecisionClientFixture {};

TEST_P(DecisionExchangeTest, PassesRejectionsThrough) {
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

TEST_P(DecisionExchangeTest, SkipsProvidersThatTheSnapshotLacks) {
  control_plane_.start();
  connect(10s);
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"newer", "b"}); });

  EXPECT_THAT(decide().providers(), ElementsAre(1));
}

TEST_P(DecisionExchangeTest, AnAnswerThatCannotBeReadIsPlannedHereAndTheNextIsHeard) {
  control_plane_.start();
  connect(10s);
  ASSERT_TRUE(decide().by_control_plane());
  control_plane_.answer([](const v1::RouteQuery&) {
    v1::RouteDecision decision;
    const int plan = v1::RouteDecision::kPlanFieldNumber;
    decision.GetReflection()->MutableUnknownFields(&decision)->AddLengthDelimited(plan, "\x0a\xff\xff");
    return decision;
  });

  EXPECT_FALSE(decide().by_control_plane());

  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  EXPECT_TRUE(answered_eventually());
}

TEST_P(DecisionExchangeTest, NamesThatNoMessageCanCarryArePlannedHere) {
  control_plane_.start();
  connect(10s);
  ASSERT_TRUE(decide().by_control_plane());

  EXPECT_THAT(decide("broken \xff\xfe").providers(), ElementsAre(0, 1));
  EXPECT_THAT(decide(std::string(1 << 20, 'x')).providers(), ElementsAre(0, 1));

  EXPECT_TRUE(decide().by_control_plane()) << "the stream must survive them";
  EXPECT_EQ(control_plane_.queries().size(), 2U);
}

TEST_P(DecisionExchangeTest, GivesBackAProbeThatWasAdmittedTooLate) {
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
  EXPECT_EQ(given_back.outcome(), v1::ATTEMPT_OUTCOME_NOT_SENT);
}

TEST_P(DecisionExchangeTest, GivesBackTheAttemptOfAPlanThatCameTooLate) {
  control_plane_.start();
  connect();
  control_plane_.answer(nullptr);
  decide();
  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.queries().empty(); }));

  auto late = plan_of({"b", "a"});
  late.mutable_plan()->mutable_candidates(0)->set_upstream_model("model-at-b");
  control_plane_.answer_late(control_plane_.queries().at(0).id(), late);

  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.reports().empty(); }));
  const v1::AttemptReport given_back = control_plane_.reports().at(0);
  EXPECT_EQ(given_back.provider(), "b");
  EXPECT_EQ(given_back.upstream_model(), "model-at-b");
  EXPECT_FALSE(given_back.probe());
  EXPECT_EQ(given_back.outcome(), v1::ATTEMPT_OUTCOME_NOT_SENT);
  EXPECT_EQ(control_plane_.reports().size(), 1U);
}

TEST_P(DecisionExchangeTest, GivesBackNothingOfARejectionThatCameTooLate) {
  control_plane_.start();
  connect();
  control_plane_.answer(nullptr);
  decide();
  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.queries().empty(); }));
  v1::RouteDecision late;
  late.mutable_rejection()->set_reason(v1::REJECTION_REASON_ALL_BUSY);
  control_plane_.answer_late(control_plane_.queries().at(0).id(), late);

  report("a", 7);

  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.reports().empty(); }));
  EXPECT_EQ(control_plane_.reports().at(0).status(), 7);
}

TEST_P(DecisionExchangeTest, GivesBackTheAttemptAtAProviderThatTheSnapshotLacks) {
  control_plane_.start();
  connect(10s);
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"newer", "b"}); });

  decide();

  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.reports().empty(); }));
  EXPECT_EQ(control_plane_.reports().at(0).provider(), "newer");
  EXPECT_EQ(control_plane_.reports().at(0).outcome(), v1::ATTEMPT_OUTCOME_NOT_SENT);
}

TEST_P(DecisionExchangeTest, AsksWithAllThatIsKnownOfTheRequest) {
  control_plane_.start();
  connect(10s);
  const std::string session("\x00\xff\x01", 3);

  io_.spawn(ask({.model = "claude",
                 .pinned_provider = "b",
                 .session_key = session,
                 .caller = "team",
                 .stream = true,
                 .session_start = true,
                 .dry_run = true}))
      .get();

  ASSERT_EQ(control_plane_.queries().size(), 1U);
  const v1::RouteQuery query = control_plane_.queries()[0];
  EXPECT_EQ(query.pinned_provider(), "b");
  EXPECT_EQ(query.session_key(), session);
  EXPECT_EQ(query.caller(), "team");
  EXPECT_TRUE(query.stream());
  EXPECT_TRUE(query.session_start());
  EXPECT_TRUE(query.dry_run());
}

TEST_P(DecisionExchangeTest, ReportsAllThatIsKnownOfAnAttempt) {
  control_plane_.start();
  connect(10s);
  routing::AttemptReport attempt;
  attempt.provider = "a";
  attempt.upstream_model = "m";
  attempt.outcome = routing::AttemptOutcome::kAnswering;
  attempt.probe = true;
  attempt.total_time = 3s;
  attempt.time_to_first_byte = 1s;
  attempt.retry_delay = 2s;
  attempt.next_provider = "b";
  attempt.session_key = std::string("\xff\x00", 2);
  attempt.route = "*";
  io_.run([&] { client_->report(attempt); });

  ASSERT_TRUE(control_plane_.wait_until([&] { return !control_plane_.reports().empty(); }));
  const v1::AttemptReport report = control_plane_.reports().at(0);
  EXPECT_EQ(report.upstream_model(), "m");
  EXPECT_EQ(report.outcome(), v1::ATTEMPT_OUTCOME_ANSWERING);
  EXPECT_TRUE(report.probe());
  EXPECT_EQ(report.total_time().seconds(), 3);
  EXPECT_EQ(report.time_to_first_byte().seconds(), 1);
  EXPECT_EQ(report.retry_delay().seconds(), 2);
  EXPECT_EQ(report.next_provider(), "b");
  EXPECT_EQ(report.session_key(), attempt.session_key);
  EXPECT_EQ(report.route(), "*");
}

TEST_P(DecisionExchangeTest, KeepsWhatAPlanAndARejectionSayOfRecovery) {
  control_plane_.start();
  connect(10s);
  control_plane_.answer([](const v1::RouteQuery&) {
    auto decision = plan_of({"b", "a"});
    decision.mutable_plan()->mutable_soonest_recovery()->set_seconds(9);
    decision.mutable_plan()->mutable_candidates(1)->set_last_resort(true);
    return decision;
  });
  const auto plan = std::get<routing::AttemptPlan>(decide().decision);
  EXPECT_EQ(plan.soonest_recovery, 9s);
  EXPECT_TRUE(plan.candidates.at(1).last_resort);

  for (const auto& [sent, expected] : {std::pair(v1::REJECTION_REASON_ALL_COOLING, routing::RejectionReason::kAllCooling),
                                       std::pair(v1::REJECTION_REASON_ALL_BUSY, routing::RejectionReason::kAllBusy)}) {
    control_plane_.answer([reason = sent](const v1::RouteQuery&) {
      v1::RouteDecision decision;
      decision.mutable_rejection()->set_reason(reason);
      decision.mutable_rejection()->mutable_retry_delay()->set_seconds(4);
      return decision;
    });
    const auto rejection = std::get<routing::Rejection>(decide().decision);
    EXPECT_EQ(rejection.reason, expected);
    EXPECT_EQ(rejection.retry_delay, 4s);
  }
}

INSTANTIATE_OVER_BOTH_TRANSPORTS(DecisionExchangeTest);

}  // namespace
}  // namespace balancer::gateway
