// Cooldowns and probes as gateways meet them.
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using routing::AttemptReport;
using testing::ElementsAre;
using testing::IsEmpty;

class ProviderCooldownTest : public ControlPlaneFixture {
 protected:
  ProviderCooldownTest() { serve(sample_config({"a", "b"})); }

  // "a" cooled for 30 s, which have passed.
  void expire_cooldown() {
    cool("a", 30s);
    clock_.advance(30s);
  }

  static ProviderStatus remembered(std::string provider, std::chrono::milliseconds cooldown) {
    ProviderStatus status;
    status.provider = std::move(provider);
    status.state = ProviderStatus::State::kCooling;
    status.remaining_cooldown = cooldown;
    status.last_error = "HTTP 529";
    return status;
  }

  AttemptLedger other_ledger_;
};

TEST_F(ProviderCooldownTest, PassesOverAProviderThatCools) {
  cool("a");

  EXPECT_THAT(ask(), ElementsAre("b"));
  EXPECT_THAT(ask(query(), other_ledger_), ElementsAre("b")) << "for every gateway";
}

TEST_F(ProviderCooldownTest, AModelThatIsMissingIsNotAskedForAgain) {
  report("a", AttemptOutcome::kModelMissing);

  EXPECT_THAT(ask(), ElementsAre("b"));
  EXPECT_FALSE(cools("a"));
}

TEST_F(ProviderCooldownTest, LeavesTheOtherModelsOfARateLimitedOneAlone) {
  Config config = sample_config({"a", "b"});
  for (routing::RouteTarget& target : config.snapshot.routing.routes[0].targets) target.upstream_model.clear();
  serve(config);
  AttemptReport limited = attempt_report("a", AttemptOutcome::kRateLimited);
  limited.upstream_model = "claude";
  report(limited);

  EXPECT_THAT(ask(), ElementsAre("b"));
  DecisionQuery other = query();
  other.route.model = "claude-other";
  EXPECT_THAT(ask(other, ledger_), ElementsAre("a", "b"));
}

TEST_F(ProviderCooldownTest, GivesTheOneProbeToTheFirstWhoAsksAfterExpiry) {
  expire_cooldown();

  EXPECT_THAT(ask(), ElementsAre("a?", "b"));
  EXPECT_THAT(ask(), ElementsAre("b"));
  EXPECT_THAT(ask(query(), other_ledger_), ElementsAre("b"));

  report("a", AttemptOutcome::kSuccess, /*probe=*/true);
  EXPECT_THAT(ask(), ElementsAre("a", "b"));
  EXPECT_THAT(ask(query(), other_ledger_), ElementsAre("a", "b"));
}

TEST_F(ProviderCooldownTest, BacksOffFurtherWhenTheProbeFails) {
  expire_cooldown();
  ask();

  report("a", AttemptOutcome::kTransient, /*probe=*/true);

  const auto left = control_plane_->provider_status("a")->remaining_cooldown;
  EXPECT_GE(left, 60s);
  EXPECT_LE(left, 72s) << "a fifth of jitter at most";
  clock_.advance(left);
  EXPECT_THAT(ask(), ElementsAre("a?", "b"));
}

TEST_F(ProviderCooldownTest, RestoresAProviderAsSoonAsItsProbeIsAnswered) {
  expire_cooldown();
  ask();

  report("a", AttemptOutcome::kAnswering, /*probe=*/true);

  EXPECT_THAT(ask(), ElementsAre("a", "b"));
  EXPECT_EQ(in_flight("a"), 2) << "the probe goes on";
  report("a", AttemptOutcome::kSuccess, /*probe=*/true);
  EXPECT_EQ(in_flight("a"), 1);
  EXPECT_THAT(ledger_.probes(), IsEmpty());
}

TEST_F(ProviderCooldownTest, HandsTheProbeOutAgainWhenItsClientLeft) {
  expire_cooldown();
  ask();

  report("a", AttemptOutcome::kClientGone, /*probe=*/true);

  EXPECT_THAT(ask(query(), other_ledger_), ElementsAre("a?", "b"));
}

TEST_F(ProviderCooldownTest, HandsTheProbeOutAgainWhenItsPlanCameTooLate) {
  expire_cooldown();
  ask();
  AttemptReport unused = attempt_report("a", AttemptOutcome::kNotSent, /*probe=*/true);
  unused.upstream_model.clear();

  report(unused);

  EXPECT_EQ(in_flight("a"), 0);
  EXPECT_THAT(ask(), ElementsAre("a?", "b"));
}

TEST_F(ProviderCooldownTest, HandsTheProbeOutAgainWhenItsGatewayIsGone) {
  expire_cooldown();
  ask();
  ask();

  control_plane_->abandon(ledger_);

  EXPECT_EQ(in_flight("a"), 0);
  EXPECT_EQ(in_flight("b"), 0);
  EXPECT_THAT(ask(query(), other_ledger_), ElementsAre("a?", "b"));
}

TEST_F(ProviderCooldownTest, AGatewayThatIsGoneTakesNobodyElsesProbeWithIt) {
  expire_cooldown();
  ask();
  report("a", AttemptOutcome::kAnswering, /*probe=*/true);
  cool("a", 30s);
  clock_.advance(30s);
  EXPECT_THAT(ask(query(), other_ledger_), ElementsAre("a?", "b"));

  control_plane_->abandon(ledger_);

  AttemptLedger third;
  EXPECT_THAT(ask(query(), third), ElementsAre("b"));
}

TEST_F(ProviderCooldownTest, AProbeOfAnotherGatewayIsNotEndedByALateReport) {
  expire_cooldown();
  EXPECT_THAT(ask(), ElementsAre("a?", "b"));

  report(attempt_report("a", AttemptOutcome::kClientGone, /*probe=*/true), other_ledger_);

  EXPECT_THAT(ask(), ElementsAre("b"));
}

TEST_F(ProviderCooldownTest, ALongAnswerToAFormerProbeIsNotThePresentOnes) {
  expire_cooldown();
  ask();
  report("a", AttemptOutcome::kAnswering, /*probe=*/true);
  clock_.advance(1s);
  cool("a", 30s);
  clock_.advance(30s);
  EXPECT_THAT(ask(), ElementsAre("a?", "b"));
  AttemptReport former = attempt_report("a", AttemptOutcome::kSuccess, /*probe=*/true);
  former.total_time = 31s;

  report(former);

  EXPECT_TRUE(cools("a"));
  EXPECT_THAT(ask(), ElementsAre("b")) << "the present probe is still out";
  report("a", AttemptOutcome::kSuccess, /*probe=*/true);
  EXPECT_FALSE(cools("a"));
}

TEST_F(ProviderCooldownTest, EndsWithTheSuccessOfALaterAttemptOnly) {
  cool("a", 60s);
  clock_.advance(10s);
  AttemptReport served = attempt_report("a", AttemptOutcome::kSuccess);
  served.total_time = 20s;

  report(served);
  EXPECT_TRUE(cools("a"));

  served.total_time = 5s;
  report(served);
  EXPECT_FALSE(cools("a"));
}

TEST_F(ProviderCooldownTest, WhenAllCoolTheSoonestIsTriedEvenSo) {
  cool("a", 60s);
  cool("b", 20s);

  EXPECT_THAT(ask(), ElementsAre("b!", "a!"));
}

TEST_F(ProviderCooldownTest, WhenAllCoolAllAreRefusedIfConfiguredSo) {
  Config config = sample_config({"a", "b"});
  config.snapshot.routing.when_all_cooling = routing::AllCooling::kFailFast;
  serve(config);
  cool("a", 60s);
  cool("b", 20s);

  const Decision decision = control_plane_->decide(query(), ledger_);

  const auto* rejection = std::get_if<routing::Rejection>(&decision.outcome);
  ASSERT_NE(rejection, nullptr);
  EXPECT_EQ(rejection->reason, routing::RejectionReason::kAllCooling);
  EXPECT_EQ(rejection->retry_delay, 20s);
}

TEST_F(ProviderCooldownTest, WarmsUpAProviderThatCameBack) {
  expire_cooldown();
  ask();
  report("a", AttemptOutcome::kSuccess, /*probe=*/true);

  EXPECT_THAT(ask(), ElementsAre("a", "b"));
  EXPECT_THAT(ask(), ElementsAre("a", "b"));
  EXPECT_THAT(ask(), ElementsAre("b", "a")) << "two at once are enough for now";

  report("a", AttemptOutcome::kSuccess);
  EXPECT_THAT(ask(), ElementsAre("a", "b"));
}

TEST_F(ProviderCooldownTest, AnOperatorsHoldIsNotEndedBySuccesses) {
  EXPECT_TRUE(control_plane_->hold_provider("a", 5min));
  clock_.advance(1s);
  report("a", AttemptOutcome::kSuccess);

  EXPECT_THAT(ask(), ElementsAre("b"));
  EXPECT_EQ(control_plane_->provider_status("a")->last_error, "taken out by an operator");

  clock_.advance(299s);
  EXPECT_THAT(ask(), ElementsAre("a?", "b"));
}

TEST_F(ProviderCooldownTest, AnOperatorRestoresAProviderAtOnce) {
  report("a", AttemptOutcome::kQuotaExhausted);
  report("a", AttemptOutcome::kModelMissing);

  EXPECT_TRUE(control_plane_->restore_provider("a"));

  EXPECT_THAT(ask(), ElementsAre("a", "b"));
}

TEST_F(ProviderCooldownTest, OperatorsCannotTouchWhatIsNotConfigured) {
  EXPECT_FALSE(control_plane_->hold_provider("gone", 5min));
  EXPECT_FALSE(control_plane_->restore_provider("gone"));
}

TEST_F(ProviderCooldownTest, TakesOverLaterDeadlinesThatGatewaysRemember) {
  cool("b", 60s);
  ProviderStatus a = remembered("a", 40s);
  ProviderStatus b = remembered("b", 20s);
  b.cooling_models = {{"opus", 90s, "HTTP 429"}};

  control_plane_->adopt({a, b, remembered("gone", 20s)});

  EXPECT_EQ(control_plane_->provider_status("a")->remaining_cooldown, 40s);
  EXPECT_EQ(control_plane_->provider_status("a")->last_error, "HTTP 529");
  EXPECT_EQ(control_plane_->provider_status("b")->remaining_cooldown, 60s);
  EXPECT_THAT(control_plane_->provider_status("b")->cooling_models, ElementsAre(ModelCooldown{"opus", 90s, "HTTP 429"}));

  a.remaining_cooldown = 50s;
  b.state = ProviderStatus::State::kHealthy;
  control_plane_->adopt({a, b});
  EXPECT_EQ(control_plane_->provider_status("a")->remaining_cooldown, 50s);
  EXPECT_TRUE(cools("b")) << "nobody's memory ends a cooldown";
}

}  // namespace
}  // namespace balancer::controlplane
