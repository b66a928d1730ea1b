// How many requests each provider has, and what depends on it.
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;
using testing::ElementsAre;

class AttemptsUnderWayTest : public ControlPlaneFixture {
 protected:
  static Config capped(unsigned a, unsigned b) {
    Config config = sample_config({"a", "b"});
    config.snapshot.providers[0].max_in_flight = a;
    config.snapshot.providers[1].max_in_flight = b;
    return config;
  }
};

TEST_F(AttemptsUnderWayTest, TheFirstCandidateCountsFromTheDecisionToItsReport) {
  serve(sample_config({"a", "b"}));

  ask();
  ask();
  EXPECT_EQ(in_flight("a"), 2);
  EXPECT_EQ(in_flight("b"), 0);

  report("a", AttemptOutcome::kSuccess);
  report("a", AttemptOutcome::kNotSent);
  EXPECT_EQ(in_flight("a"), 0);
}

TEST_F(AttemptsUnderWayTest, AttemptsMoveOnToTheNextProvider) {
  serve(sample_config({"a", "b"}));
  ask();
  AttemptReport failed = attempt_report("a", AttemptOutcome::kTransient);
  failed.next_provider = "b";

  report(failed);
  EXPECT_EQ(in_flight("a"), 0);
  EXPECT_EQ(in_flight("b"), 1);

  report("b", AttemptOutcome::kSuccess);
  EXPECT_EQ(in_flight("b"), 0);
}

TEST_F(AttemptsUnderWayTest, ReportsOnAttemptsThatWereNotDecidedHereCountNothingDown) {
  serve(sample_config({"a", "b"}));
  AttemptLedger other;
  ask(query(), other);

  report("a", AttemptOutcome::kSuccess);

  EXPECT_EQ(in_flight("a"), 1);
}

TEST_F(AttemptsUnderWayTest, AGatewayThatIsGoneHasNothingUnderWay) {
  serve(sample_config({"a", "b"}));
  AttemptLedger other;
  ask(query(), other);
  for (int i = 0; i < 5; ++i) ask();

  control_plane_->abandon(ledger_);

  EXPECT_EQ(in_flight("a"), 1);
  report("a", AttemptOutcome::kSuccess);
  EXPECT_EQ(in_flight("a"), 1) << "what it reports afterwards is not counted twice";
}

TEST_F(AttemptsUnderWayTest, WhatIsTooMuchForOneGoesToTheNext) {
  serve(capped(2, 0));

  EXPECT_THAT(ask(), ElementsAre("a", "b"));
  EXPECT_THAT(ask(), ElementsAre("a", "b"));
  EXPECT_THAT(ask(), ElementsAre("b"));

  report("a", AttemptOutcome::kSuccess);
  EXPECT_THAT(ask(), ElementsAre("a", "b"));
}

TEST_F(AttemptsUnderWayTest, TheCapHoldsOverAllGateways) {
  serve(capped(2, 0));
  AttemptLedger other;
  ask();
  ask(query(), other);

  EXPECT_THAT(ask(), ElementsAre("b"));
}

TEST_F(AttemptsUnderWayTest, WhatIsTooMuchForAllIsRefused) {
  serve(capped(1, 1));
  ask();
  ask();

  const Decision decision = control_plane_->decide(query(), ledger_);

  const auto* rejection = std::get_if<routing::Rejection>(&decision.outcome);
  ASSERT_NE(rejection, nullptr);
  EXPECT_EQ(rejection->reason, routing::RejectionReason::kAllBusy);
  EXPECT_TRUE(rejection->retry_delay.has_value());
}

TEST_F(AttemptsUnderWayTest, LeastLatencyPrefersTheFasterAndTheIdler) {
  serve(sample_config({"a", "b"}, routing::SelectionStrategy::kLeastLatency));
  AttemptReport served = attempt_report("a", AttemptOutcome::kSuccess);
  served.time_to_first_byte = 350ms;
  report(served);
  served = attempt_report("b", AttemptOutcome::kSuccess);
  served.time_to_first_byte = 100ms;
  report(served);

  EXPECT_EQ(ask().front(), "b");
  EXPECT_EQ(ask().front(), "b");
  EXPECT_EQ(ask().front(), "b") << "3 x 100 ms are less than 350 ms";
  EXPECT_EQ(ask().front(), "a") << "4 x 100 ms are more";
}

TEST_F(AttemptsUnderWayTest, LeastLatencyTriesAProviderThatNobodyKnowsYetOnce) {
  serve(sample_config({"a", "b"}, routing::SelectionStrategy::kLeastLatency));
  AttemptReport served = attempt_report("a", AttemptOutcome::kSuccess);
  served.time_to_first_byte = 300ms;
  report(served);

  EXPECT_EQ(ask().front(), "b");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask().front(), "a") << "b has not answered yet";
}

TEST_F(AttemptsUnderWayTest, LeastLatencyGivesASlowProviderAnotherChanceAfterAWhile) {
  serve(sample_config({"a", "b"}, routing::SelectionStrategy::kLeastLatency));
  AttemptReport served = attempt_report("a", AttemptOutcome::kSuccess);
  served.time_to_first_byte = 5s;
  report(served);
  const auto serve_b = [&] {
    ask();
    AttemptReport quick = attempt_report("b", AttemptOutcome::kSuccess);
    quick.time_to_first_byte = 1s;
    report(quick);
  };
  serve_b();

  bool tried_a = false;
  for (int minute = 0; minute < 5 && !tried_a; ++minute) {
    clock_.advance(1min);
    DecisionQuery only_asked = query();
    only_asked.dry_run = true;
    tried_a = ask(only_asked, ledger_).front() == "a";
    serve_b();
  }

  EXPECT_TRUE(tried_a);
}

}  // namespace
}  // namespace balancer::controlplane
