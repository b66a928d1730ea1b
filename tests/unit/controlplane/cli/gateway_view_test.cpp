#include "controlplane/cli/gateway_view.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controlplane/cli/observed_gateways.hpp"

namespace balancer::controlplane::cli {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(GatewayViewTest, ShowsLoadRotationAndConfigurationInColumns) {
  EXPECT_EQ(gateways_rendering(three_gateways()).text,
            "ID     ADDRESS        STATE        OPEN  CONFIG                          VERSION\n"
            "gw-11  10.0.0.1:9090  in rotation  4     newest                          0.1.0\n"
            "gw-12  10.0.0.1:9090  in rotation  -     behind (2 of 3)                 0.1.0\n"
            "gw-1   10.0.0.1:9090  drained      0     refused: unknown provider type  0.1.0\n");
}

TEST(GatewayViewTest, ShowsMoreInTheWideTable) {
  const std::string wide = gateways_rendering(three_gateways()).wide_text;

  EXPECT_THAT(wide, HasSubstr("HOST   STREAMS  CONNECTED\n"));
  EXPECT_THAT(wide, HasSubstr("pod-7  2        2023-11-14T22:13:20Z\n"));
}

TEST(GatewayViewTest, GivesProgramsTheSameAsJson) {
  const Rendering rendering = gateways_rendering(three_gateways());

  const ordered_json& gateways = rendering.json["gateways"];
  ASSERT_EQ(gateways.size(), 3u);
  EXPECT_EQ(gateways[0]["id"], "gw-11");
  EXPECT_EQ(gateways[0]["open_request_count"], 4);
  EXPECT_EQ(gateways[0]["open_stream_count"], 2);
  EXPECT_EQ(gateways[0]["draining"], false);
  EXPECT_TRUE(gateways[0]["start_time"].is_null());
  EXPECT_TRUE(gateways[1]["open_request_count"].is_null()) << "it has not told yet";
  EXPECT_EQ(gateways[1]["snapshot_version"], 2);
  EXPECT_EQ(gateways[2]["drain_wanted"], true);
  EXPECT_EQ(gateways[2]["rejection_reason"], "unknown provider type");
  EXPECT_THAT(rendering.names, ElementsAre("gw-11", "gw-12", "gw-1"));
}

TEST(GatewayViewTest, TellsHowFarADrainIs) {
  v1::ConnectedGateway gateway;
  EXPECT_EQ(rotation_text(gateway), "in rotation");
  set_condition(gateway, 3, 0, false);
  EXPECT_EQ(rotation_text(gateway), "in rotation");

  gateway.set_drain_wanted(true);
  EXPECT_EQ(rotation_text(gateway), "draining (3 open)");
  set_condition(gateway, 0, 0, false);
  EXPECT_EQ(rotation_text(gateway), "draining (0 open)") << "it has not said yet that it takes no more";
  set_condition(gateway, 2, 0, true);
  EXPECT_EQ(rotation_text(gateway), "draining (2 open)");
  set_condition(gateway, 0, 0, true);
  EXPECT_EQ(rotation_text(gateway), "drained");

  gateway.set_drain_wanted(false);
  EXPECT_EQ(rotation_text(gateway), "drained") << "its own supervisor stops it";
}

TEST(GatewayViewTest, DescribesOneGateway) {
  const v1::GetServerInfoResponse info = three_gateways();

  const Rendering rendering = gateway_rendering(info.gateways(0), info.snapshot_version());

  EXPECT_EQ(rendering.text,
            "id          gw-11\n"
            "version     0.1.0\n"
            "host        pod-7\n"
            "address     10.0.0.1:9090\n"
            "started     -\n"
            "connected   2023-11-14T22:13:20Z\n"
            "state       in rotation\n"
            "config      newest\n"
            "open        4\n"
            "streams     2\n");
  EXPECT_EQ(rendering.json["id"], "gw-11");
  EXPECT_THAT(rendering.names, ElementsAre("gw-11"));
}

TEST(GatewayViewTest, ShowsNoControlCharacters) {
  v1::GetServerInfoResponse info;
  add_gateway(info, "g\x1b[2J", "h\nost").set_rejection_reason("a\rb");

  const Rendering rendering = gateways_rendering(info);
  const std::string all = rendering.text + rendering.wide_text + gateway_rendering(info.gateways(0), 3).text;

  for (const char* const character : {"\x1b", "\r", "h\nost"}) EXPECT_THAT(all, Not(HasSubstr(character)));
}

TEST(FoundGatewayTest, IsNamedByAWholeIdOrABeginningOfItsOwn) {
  const v1::GetServerInfoResponse info = three_gateways();
  const auto found = [&](const std::string& name) {
    const v1::ConnectedGateway* const gateway = find_gateway(info, name);
    return gateway != nullptr ? gateway->identity().id() : "(nobody)";
  };

  EXPECT_EQ(found("gw-1"), "gw-1") << "though others begin so";
  EXPECT_EQ(found("gw-11"), "gw-11");
  EXPECT_EQ(found("pod-8"), "gw-12");
  EXPECT_EQ(found("e"), "gw-1");
  EXPECT_EQ(found("gw-"), "(nobody)");
  EXPECT_EQ(found("pod"), "(nobody)");
  EXPECT_EQ(found("gw-9"), "(nobody)");
  EXPECT_EQ(found(""), "(nobody)");
}

}  // namespace
}  // namespace balancer::controlplane::cli
