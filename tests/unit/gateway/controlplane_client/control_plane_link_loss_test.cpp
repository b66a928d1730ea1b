// The control plane goes and comes back, or another comes in its place.
#include <chrono>

#include "tests/unit/gateway/controlplane_client/control_plane_link_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

v1::ProviderStatus& add_cooling(v1::WatchSnapshotResponse& message, std::chrono::seconds remaining) {
  v1::ProviderStatus& status = *message.add_provider_statuses();
  status.set_provider("a");
  status.set_state(v1::PROVIDER_STATE_COOLING);
  status.mutable_remaining_cooldown()->set_seconds(remaining.count());
  return status;
}

class ControlPlaneLinkLossTest : public ControlPlaneLinkFixture {};

TEST_P(ControlPlaneLinkLossTest, NoticesTheLossAndTheReturnOfTheControlPlane) {
  control_plane_.publish(message_of(valid_snapshot(1)));
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  ASSERT_TRUE(control_plane_.wait_until([&] { return plan().route == "from the control plane"; }));

  control_plane_.stop();
  EXPECT_TRUE(control_plane_.wait_until([&] { return !link_->connected(); }));
  EXPECT_EQ(plan().route, "*");
  control_plane_.start();

  EXPECT_TRUE(control_plane_.wait_until([&] { return link_->connected(); }));
  EXPECT_TRUE(control_plane_.wait_until([&] { return plan().route == "from the control plane"; }));
  EXPECT_THAT(versions(), ElementsAre(1)) << "the same snapshot is not applied twice";
}

TEST_P(ControlPlaneLinkLossTest, IsNotConnectedWhileTheControlPlaneDoesNotAnswer) {
  control_plane_.publish(message_of(valid_snapshot(1)));
  control_plane_.start();
  connect();
  ASSERT_TRUE(control_plane_.wait_until([&] { return link_->connected() && !versions().empty(); }));
  control_plane_.answer(nullptr);

  EXPECT_TRUE(control_plane_.wait_until([&] {
    static_cast<void>(plan());
    return !link_->connected();
  }));

  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"b", "a"}); });
  EXPECT_TRUE(control_plane_.wait_until([&] { return plan().route == "from the control plane"; }));
  EXPECT_TRUE(link_->connected());
}

TEST_P(ControlPlaneLinkLossTest, TellsDecisionClientsWhichProvidersCool) {
  auto message = message_of(valid_snapshot(1));
  add_cooling(message, 60s);
  control_plane_.publish(message);
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  control_plane_.stop();

  EXPECT_TRUE(control_plane_.wait_until([&] {
    const auto candidates = plan().candidates;
    return candidates.size() == 1 && candidates[0].provider == 1;
  }));
}

TEST_P(ControlPlaneLinkLossTest, TellsANewControlPlaneWhatItsPredecessorKnew) {
  auto message = message_of(valid_snapshot(1));
  add_cooling(message, 600s).set_last_error("HTTP 529");
  v1::ProviderStatus& limited = *message.add_provider_statuses();
  limited.set_provider("b");
  limited.set_state(v1::PROVIDER_STATE_HEALTHY);
  v1::ModelCooldown& model = *limited.add_cooling_models();
  model.set_upstream_model("m");
  model.mutable_remaining_cooldown()->set_seconds(300);
  control_plane_.publish(message);
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  EXPECT_EQ(control_plane_.acknowledgements()[0].known_statuses_size(), 0) << "it said so itself";

  auto of_another = valid_snapshot(1);
  of_another.set_epoch("second");
  control_plane_.publish(message_of(of_another));

  ASSERT_TRUE(acknowledged(2));
  const auto known = control_plane_.acknowledgements()[1].known_statuses();
  ASSERT_EQ(known.size(), 2);
  EXPECT_EQ(known[0].provider(), "a");
  EXPECT_EQ(known[0].state(), v1::PROVIDER_STATE_COOLING);
  EXPECT_NEAR(static_cast<double>(known[0].remaining_cooldown().seconds()), 600, 30);
  EXPECT_EQ(known[0].last_error(), "HTTP 529");
  EXPECT_EQ(known[1].state(), v1::PROVIDER_STATE_HEALTHY);
  ASSERT_EQ(known[1].cooling_models_size(), 1);
  EXPECT_EQ(known[1].cooling_models(0).upstream_model(), "m");
}

// It would send requests to a provider that cools, whose success would then end the cooldown for everybody.
TEST_P(ControlPlaneLinkLossTest, AsksANewControlPlaneNothingBeforeItKnowsWhatItsPredecessorKnew) {
  auto message = message_of(valid_snapshot(1));
  add_cooling(message, 600s);
  control_plane_.publish(message);
  control_plane_.answer([](const v1::RouteQuery&) { return plan_of({"a"}); });
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));
  ASSERT_TRUE(control_plane_.wait_until([&] { return plan().candidates[0].provider == 0; })) << "the plan that is sent";
  ASSERT_TRUE(control_plane_.wait_until([&] { return link_->connected(); }));
  control_plane_.stop();
  auto ignorant = valid_snapshot(1);
  ignorant.set_epoch("second");
  auto restarted = message_of(ignorant);
  for (const char* const name : {"a", "b"}) {
    v1::ProviderStatus& well = *restarted.add_provider_statuses();
    well.set_provider(name);
    well.set_state(v1::PROVIDER_STATE_HEALTHY);
  }
  control_plane_.publish(restarted);
  control_plane_.hold_acknowledgements();
  const std::size_t streams = control_plane_.decide_stream_count();

  control_plane_.start();

  ASSERT_TRUE(acknowledged(2));
  ASSERT_TRUE(control_plane_.wait_until([&] { return control_plane_.decide_stream_count() > streams; }));
  const std::size_t asked = control_plane_.queries().size();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(plan().candidates[0].provider, 1u) << "planned here, where it is known";
  EXPECT_EQ(control_plane_.queries().size(), asked);
  EXPECT_FALSE(link_->connected());

  control_plane_.release_acknowledgements();

  EXPECT_TRUE(control_plane_.wait_until([&] { return plan().candidates[0].provider == 0; }));
  EXPECT_TRUE(link_->connected());
}

TEST_P(ControlPlaneLinkLossTest, TellsTheSameControlPlaneNothingThatItKnows) {
  auto message = message_of(valid_snapshot(1));
  add_cooling(message, 600s);
  control_plane_.publish(message);
  control_plane_.start();
  connect();
  ASSERT_TRUE(acknowledged(1));

  control_plane_.publish(message_of(valid_snapshot(2)));

  ASSERT_TRUE(acknowledged(2));
  EXPECT_EQ(control_plane_.acknowledgements()[1].known_statuses_size(), 0);
}

INSTANTIATE_OVER_BOTH_TRANSPORTS(ControlPlaneLinkLossTest);

}  // namespace
}  // namespace balancer::gateway
