// How often providers cooled, as the metrics tell it.
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

class CooldownCountTest : public ControlPlaneFixture {
 protected:
  auto cooldowns() const { return control_plane_->activity().counts().cooldowns; }
};

TEST_F(CooldownCountTest, CountsACooldownOnce) {
  serve(sample_config({"a", "b"}));
  EXPECT_TRUE(cooldowns().empty());

  cool("a", 30s);
  clock_.advance(1s);
  for (const auto outcome : {routing::AttemptOutcome::kTransient, routing::AttemptOutcome::kSuccess}) {
    routing::AttemptReport late = attempt_report("a", outcome);
    late.total_time = 5s;
    report(late);
  }
  cool("a", 20s);

  EXPECT_THAT(cooldowns(), ElementsAre(Pair("a", 1))) << "the others were under way when it began";
}

TEST_F(CooldownCountTest, CountsTheNextOneAgain) {
  serve(sample_config({"a", "b"}));
  cool("a", 30s);
  clock_.advance(30s);
  ask();
  report("a", routing::AttemptOutcome::kSuccess, /*probe=*/true);
  EXPECT_FALSE(cools("a"));

  cool("a", 30s);

  EXPECT_THAT(cooldowns(), ElementsAre(Pair("a", 2)));
}

TEST_F(CooldownCountTest, CountsWhatAnOperatorHolds) {
  serve(sample_config({"a", "b"}));

  control_plane_->hold_provider("b", 1min);

  EXPECT_THAT(cooldowns(), ElementsAre(Pair("b", 1)));
}

TEST_F(CooldownCountTest, DoesNotCountAModelThatCoolsByItself) {
  serve(sample_config({"a", "b"}));

  report("a", routing::AttemptOutcome::kModelMissing);

  EXPECT_TRUE(cooldowns().empty());
}

TEST_F(CooldownCountTest, AModelOfACoolingProviderIsNoFurtherCooldown) {
  serve(sample_config({"a", "b"}));
  cool("a");

  report("a", routing::AttemptOutcome::kModelMissing);

  EXPECT_THAT(cooldowns(), ElementsAre(Pair("a", 1)));
}

}  // namespace
}  // namespace balancer::controlplane
