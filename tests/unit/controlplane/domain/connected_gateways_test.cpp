#include "controlplane/domain/connected_gateways.hpp"

#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

TEST(ConnectedGatewaysTest, RemembersWhichVersionAGatewayAppliedAndWhyItRefusedTheNext) {
  ConnectedGateways gateways;
  gateways.connect({.id = "g1", .version = "1.0"}, {});

  gateways.acknowledge("g1", 1, "");
  gateways.acknowledge("g1", 2, "unknown provider type");

  ASSERT_EQ(gateways.list().size(), 1u);
  EXPECT_EQ(gateways.list()[0].snapshot_version, 1u);
  EXPECT_EQ(gateways.list()[0].rejection_reason, "unknown provider type");
}

TEST(ConnectedGatewaysTest, KeepsAGatewayThatReconnectedBeforeItsOldConnectionEnded) {
  ConnectedGateways gateways;
  gateways.connect({.id = "g1", .version = "1.0"}, {});
  gateways.connect({.id = "g1", .version = "1.0"}, {});

  gateways.disconnect("g1");
  EXPECT_EQ(gateways.list().size(), 1u);

  gateways.disconnect("g1");
  EXPECT_TRUE(gateways.list().empty());
}

TEST(ConnectedGatewaysTest, IgnoresAnAcknowledgementFromAGatewayThatIsNotConnected) {
  ConnectedGateways gateways;

  gateways.acknowledge("ghost", 1, "");

  EXPECT_TRUE(gateways.list().empty());
}

}  // namespace
}  // namespace balancer::controlplane
