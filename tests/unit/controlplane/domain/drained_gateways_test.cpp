// How operators find gateways and what they want of them.
#include <gmock/gmock.h>

#include "controlplane/domain/connected_gateways.hpp"
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class FoundGatewaysTest : public testing::Test {
 protected:
  FoundGatewaysTest() {
    gateways_.connect({.id = "gw-11aa", .version = "1", .host_name = "pod-7"}, {});
    gateways_.connect({.id = "gw-11bb", .version = "1", .host_name = "pod-8"}, {});
    gateways_.connect({.id = "gw-11b", .version = "1", .host_name = "edge"}, {});
  }
  std::string found(std::string_view name) const {
    const Result<ConnectedGateway> gateway = gateways_.find(name);
    return gateway ? gateway->identity.id : "(" + gateway.error().message + ")";
  }
  ErrorCode failure(std::string_view name) const {
    const Result<ConnectedGateway> gateway = gateways_.find(name);
    return gateway ? ErrorCode::kInternal : gateway.error().code;
  }

  ConnectedGateways gateways_;
};

TEST_F(FoundGatewaysTest, AreFoundByTheBeginningOfAnIdOrAHostName) {
  EXPECT_EQ(found("gw-11aa"), "gw-11aa");
  EXPECT_EQ(found("gw-11a"), "gw-11aa");
  EXPECT_EQ(found("pod-8"), "gw-11bb");
  EXPECT_EQ(found("ed"), "gw-11b");
}

TEST_F(FoundGatewaysTest, AWholeIdIsNeverAmbiguous) { EXPECT_EQ(found("gw-11b"), "gw-11b"); }

TEST_F(FoundGatewaysTest, AreNotGuessedAmongSeveral) {
  EXPECT_EQ(failure("gw-11"), ErrorCode::kInvalidRequest);
  EXPECT_EQ(failure("pod"), ErrorCode::kInvalidRequest);
  EXPECT_EQ(failure(""), ErrorCode::kInvalidRequest);
  EXPECT_THAT(found("gw-11"), HasSubstr("3 gateways"));
}

TEST_F(FoundGatewaysTest, AreNotFoundByAnEndOrByNothing) {
  EXPECT_EQ(failure("11aa"), ErrorCode::kNotFound);
  EXPECT_EQ(failure("GW-11AA"), ErrorCode::kNotFound);
  EXPECT_THAT(found("gw-9"), HasSubstr("gw-9"));
}

TEST_F(FoundGatewaysTest, AGatewayWithBothNamesAlikeIsOne) {
  gateways_.connect({.id = "solo-1", .version = "1", .host_name = "solo-host"}, {});

  EXPECT_EQ(found("solo"), "solo-1");
}

TEST(DrainedGatewaysTest, ADrainOutlivesAConnection) {
  ConnectedGateways gateways;
  gateways.connect({.id = "g1", .version = "1"}, {});
  gateways.set_drain("g1", true);

  gateways.disconnect("g1");
  EXPECT_TRUE(gateways.drain_wanted("g1"));
  gateways.connect({.id = "g1", .version = "1"}, {});

  EXPECT_TRUE(gateways.list().at(0).drain_wanted);
  EXPECT_TRUE(gateways.find("g1")->drain_wanted);
}

TEST(DrainedGatewaysTest, ADrainIsTakenBack) {
  ConnectedGateways gateways;
  gateways.connect({.id = "g1", .version = "1"}, {});
  gateways.connect({.id = "g2", .version = "1"}, {});
  gateways.set_drain("g1", true);
  EXPECT_FALSE(gateways.drain_wanted("g2"));

  gateways.set_drain("g1", false);

  EXPECT_FALSE(gateways.drain_wanted("g1"));
  EXPECT_FALSE(gateways.list().at(0).drain_wanted);
}

TEST(DrainedGatewaysTest, ShowTheConditionThatTheyToldLast) {
  ConnectedGateways gateways;
  gateways.connect({.id = "g1", .version = "1"}, {});
  EXPECT_FALSE(gateways.list().at(0).condition.has_value());

  gateways.report("g1", {.open_request_count = 4, .open_stream_count = 3, .draining = false});
  gateways.report("g1", {.open_request_count = 1, .open_stream_count = 0, .draining = true});
  gateways.report("ghost", {.open_request_count = 9});

  ASSERT_EQ(gateways.list().size(), 1u) << "nobody is connected by telling how it is";
  EXPECT_EQ(gateways.list()[0].condition->open_request_count, 1);
  EXPECT_TRUE(gateways.list()[0].condition->draining);
}

TEST(DrainedGatewaysTest, KeepTheTimeOfTheFirstOfTheirConnections) {
  const std::chrono::system_clock::time_point first(100s);
  ConnectedGateways gateways;
  gateways.connect({.id = "g1", .version = "1"}, first);
  gateways.connect({.id = "g1", .version = "1"}, first + 5s);
  EXPECT_EQ(gateways.list().at(0).connect_time, first);

  gateways.disconnect("g1");
  gateways.disconnect("g1");
  gateways.connect({.id = "g1", .version = "1"}, first + 9s);

  EXPECT_EQ(gateways.list().at(0).connect_time, first + 9s);
}

class GatewayWishes final : public ChangeListener {
 public:
  void on_config_changed() override {}
  void on_provider_changed(const std::string&) override {}
  void on_gateway_changed(const std::string& id) override { changed.push_back(id); }

  std::vector<std::string> changed;
};

class DrainedControlPlaneTest : public ControlPlaneFixture {};

TEST_F(DrainedControlPlaneTest, TellsListenersWhichGatewayIsMeant) {
  ControlPlane& control_plane = serve(sample_config({"a"}));
  GatewayWishes wishes;
  const ChangeListeners::Subscription subscription(control_plane.listeners(), wishes);

  control_plane.drain_gateway("g1", true);
  EXPECT_TRUE(control_plane.gateways().drain_wanted("g1"));
  control_plane.drain_gateway("g1", false);

  EXPECT_FALSE(control_plane.gateways().drain_wanted("g1"));
  EXPECT_THAT(wishes.changed, ElementsAre("g1", "g1"));
}

}  // namespace
}  // namespace balancer::controlplane
