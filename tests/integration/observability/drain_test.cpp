// An operator takes a gateway out of rotation and puts it back: nobody's request is lost.
#include <gmock/gmock.h>

#include "tests/fakes/latch.hpp"
#include "tests/fakes/provider_answers.hpp"
#include "tests/integration/observability/observed_stack.hpp"

namespace balancer::integration {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class DrainTest : public ObservedStackTest {
 protected:
  [[nodiscard]] std::string gateway_id() const {
    return json::parse(balancerctl({"get", "gateways", "-o", "json"}).out).at("gateways").at(0).at("id");
  }
  [[nodiscard]] bool ready() { return stack().gateway().admin().get("/readyz").status == 200; }
};

TEST_F(DrainTest, ADrainedGatewayIsNotReadyAndGoesOnAnswering) {
  start();
  ASSERT_TRUE(ready());

  const Ended drained = balancerctl({"drain", gateway_id(), "--wait", "--timeout", "10s"});

  EXPECT_EQ(drained.code, 0) << drained.err;
  EXPECT_THAT(drained.out, HasSubstr("drained"));
  EXPECT_FALSE(ready());
  EXPECT_EQ(ask().status, 200);
  EXPECT_EQ(stack().gateway().metric("balancer_gateway_draining"), 1);
}

TEST_F(DrainTest, ConnectionsEndAfterTheirNextAnswer) {
  start();
  fakes::HttpConnection connection = client().connect();
  const std::string body = R"({"model":"claude-x","max_tokens":1,"messages":[{"role":"user","content":"hi"}]})";
  ASSERT_EQ(connection.post("/v1/messages", body).headers.value("connection").value_or(""), "");
  ASSERT_EQ(balancerctl({"drain", gateway_id()}).code, 0);
  ASSERT_TRUE(eventually([&] { return !ready(); }));

  const fakes::HttpResponse last = connection.post("/v1/messages", body);

  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.headers.value("connection"), "close");
}

TEST_F(DrainTest, WaitingSaysWhatIsStillOpen) {
  const auto latch = std::make_shared<fakes::Latch>();
  first_.always(fakes::sse_stream({"a", "b"}).hold_part(3, latch));
  start();
  fakes::HttpConnection connection = client().connect();
  connection.send_request("POST", "/v1/messages",
                          R"({"model":"claude-x","stream":true,"max_tokens":1,"messages":[{"role":"user","content":"hi"}]})");
  ASSERT_TRUE(first_.wait_for_requests(1));

  const Ended impatient = balancerctl({"drain", gateway_id(), "--wait", "--timeout", "1s"});
  latch->release();
  const fakes::HttpResponse response = connection.read_response();
  const Ended patient = balancerctl({"drain", gateway_id(), "--wait", "--timeout", "10s"});

  EXPECT_EQ(impatient.code, 1);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(patient.code, 0);
}

TEST_F(DrainTest, UndoPutsItBack) {
  start();
  ASSERT_EQ(balancerctl({"drain", gateway_id()}).code, 0);
  ASSERT_TRUE(eventually([&] { return !ready(); }));

  const Ended undone = balancerctl({"drain", gateway_id(), "--undo"});

  EXPECT_EQ(undone.code, 0);
  EXPECT_TRUE(eventually([&] { return ready(); }));
}

TEST_F(DrainTest, OnlyTheGatewayThatIsNamedIsDrained) {
  start();
  const std::string first_id = gateway_id();
  RunningGateway& other = stack().add_gateway();
  ASSERT_TRUE(eventually([&] { return other.admin().get("/readyz").status == 200; }));

  ASSERT_EQ(balancerctl({"drain", first_id}).code, 0);

  EXPECT_TRUE(eventually([&] { return !ready(); }));
  EXPECT_EQ(other.admin().get("/readyz").status, 200);
  EXPECT_EQ(balancerctl({"drain", "gw-"}).code, 2);
  EXPECT_EQ(balancerctl({"drain", "nobody"}).code, 1);
}

TEST_F(DrainTest, ANewControlPlaneKnowsNothingOfTheOldWish) {
  start();
  ASSERT_EQ(balancerctl({"drain", gateway_id()}).code, 0);
  ASSERT_TRUE(eventually([&] { return !ready(); }));

  stack().kill_control_plane();
  stack().start_control_plane();

  EXPECT_TRUE(eventually([&] { return ready(); }));
}

}  // namespace
}  // namespace balancer::integration
