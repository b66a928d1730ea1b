#include "controlplane/domain/check_turn.hpp"

#include <gmock/gmock.h>

#include "controlplane/domain/control_plane.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/domain/sample_config.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using Kind = CheckTurn::Kind;

class CheckTurnTest : public testing::Test {
 protected:
  CheckTurnTest() : control_plane_(config(), [] { return ConfigLoad(); }, clock_) {}

  static Config config() {
    Config config = sample_config({"a"});
    config.health.failure_threshold = 1;
    config.health.cooldown = {.base = 100s, .limit = 1000s};
    return config;
  }

  [[nodiscard]] CheckTurn turn(std::string_view model = "") {
    return control_plane_.take_check_turn("a", model, ledger_);
  }
  // Of a check of the whole provider.
  void record(AttemptOutcome outcome, bool probe = false) {
    routing::AttemptReport report = attempt_report("a", outcome, probe);
    report.upstream_model = "";
    control_plane_.record(report, ledger_);
  }
  [[nodiscard]] ProviderStatus status() const { return control_plane_.provider_status("a").value(); }
  // To just before the end of the cooldown.
  void nearly_wait_out_cooldown() { clock_.advance(status().remaining_cooldown - CheckTurn::kProbeLead); }

  FakeClock clock_;
  ControlPlane control_plane_;
  AttemptLedger ledger_;
};

TEST_F(CheckTurnTest, AProviderThatServesMayBeChecked) {
  EXPECT_EQ(turn().kind, Kind::kCheck);
  EXPECT_EQ(turn().kind, Kind::kCheck);
  EXPECT_EQ(status().in_flight_count, 0);
}

TEST_F(CheckTurnTest, AnUnknownProviderIsNotChecked) {
  EXPECT_EQ(control_plane_.take_check_turn("b", "", ledger_).kind, Kind::kNotNow);
}

TEST_F(CheckTurnTest, ACoolingProviderIsLeftAloneUntilShortlyBeforeItsProbeIsDue) {
  record(AttemptOutcome::kTransient);
  const auto cooldown = status().remaining_cooldown;

  const CheckTurn refused = turn();
  EXPECT_EQ(refused.kind, Kind::kNotNow);
  EXPECT_LE(refused.wait, cooldown - CheckTurn::kProbeLead);
  EXPECT_GE(refused.wait, cooldown - CheckTurn::kProbeLead - 1ms);

  nearly_wait_out_cooldown();
  EXPECT_EQ(turn().kind, Kind::kProbe);
}

TEST_F(CheckTurnTest, WhileACheckHasTheProbeNobodyElseGetsOne) {
  record(AttemptOutcome::kTransient);
  nearly_wait_out_cooldown();
  ASSERT_EQ(turn().kind, Kind::kProbe);
  clock_.advance(1s);

  AttemptLedger others;
  const CheckTurn refused = control_plane_.take_check_turn("a", "", others);

  EXPECT_EQ(refused.kind, Kind::kNotNow);
  EXPECT_EQ(refused.wait, 0ns);
}

TEST_F(CheckTurnTest, AGoodProbeRestoresTheProvider) {
  record(AttemptOutcome::kTransient);
  nearly_wait_out_cooldown();
  ASSERT_EQ(turn().kind, Kind::kProbe);

  record(AttemptOutcome::kSuccess, true);

  EXPECT_EQ(status().state, ProviderStatus::State::kHealthy);
  EXPECT_TRUE(ledger_.probes().empty());
}

TEST_F(CheckTurnTest, AFailedProbeCoolsForLonger) {
  record(AttemptOutcome::kTransient);
  nearly_wait_out_cooldown();
  ASSERT_EQ(turn().kind, Kind::kProbe);

  record(AttemptOutcome::kTransient, true);

  EXPECT_GE(status().remaining_cooldown, 200s);
  EXPECT_TRUE(ledger_.probes().empty());
}

TEST_F(CheckTurnTest, AProbeThatIsGivenBackIsHandedOutAgain) {
  record(AttemptOutcome::kTransient);
  nearly_wait_out_cooldown();
  ASSERT_EQ(turn().kind, Kind::kProbe);

  control_plane_.abandon(ledger_);

  EXPECT_EQ(turn().kind, Kind::kProbe);
}

TEST_F(CheckTurnTest, AModelsCooldownConcernsChecksOfThatModelAlone) {
  routing::AttemptReport report = attempt_report("a", AttemptOutcome::kModelMissing);
  report.upstream_model = "small";
  control_plane_.record(report, ledger_);

  EXPECT_EQ(turn("small").kind, Kind::kNotNow);
  EXPECT_EQ(turn("large").kind, Kind::kCheck);
  EXPECT_EQ(turn().kind, Kind::kCheck);
}

}  // namespace
}  // namespace balancer::controlplane
