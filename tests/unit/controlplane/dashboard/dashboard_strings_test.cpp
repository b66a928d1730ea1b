// What the page's JSON may never hold, and what it must bear.
#include <nlohmann/json.hpp>

#include "controlplane/dashboard/dashboard_state.hpp"
#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class DashboardStringsTest : public ControlPlaneFixture {
 protected:
  std::string state() const { return dashboard_state(*control_plane_, clock_); }
};

TEST_F(DashboardStringsTest, HoldNoCredential) {
  Config config = sample_config({"a", "b"});
  for (Provider& provider : config.snapshot.providers) {
    provider.credential = Secret("canary-credential");
    provider.proxy = Proxy{ProxyProtocol::kHttpConnect, "proxy.example", 3128, "user", Secret("canary-password")};
  }
  config.snapshot.client_authentication.keys = {{"alice", sha256("canary-key")}};
  serve(config);
  cool("a");
  DecisionQuery asked = query("canary-session");
  asked.request_id = "r1";
  static_cast<void>(control_plane_->decide(asked, ledger_));

  const std::string text = state();

  EXPECT_THAT(text, HasSubstr("\"r1\""));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, Not(HasSubstr(to_hex(sha256("canary-key")))));
}

TEST_F(DashboardStringsTest, StandOnOneLineWhateverTheyHold) {
  const std::string hostile = "</script><img src=x onerror=alert(1)>\r\ndata: x\n\nevent: y\u2028\u2029\"\\\x01\x7f";
  serve(sample_config({"a"}));
  routing::RequestSummary summary;
  summary.request_id = hostile;
  summary.model = hostile;
  summary.caller = hostile;
  summary.error = hostile;
  summary.attempts.push_back({.provider = hostile, .upstream_model = hostile, .detail = hostile});
  control_plane_->activity().observe_request(summary, hostile);
  control_plane_->gateways().connect({.id = "g", .version = hostile, .host_name = hostile}, clock_.wall_now());

  const std::string text = state();

  EXPECT_THAT(text, Not(HasSubstr("\n")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  const nlohmann::json read = nlohmann::json::parse(text);
  EXPECT_EQ(read["requests"][0]["model"], hostile);
  EXPECT_EQ(read["requests"][0]["gateway"], hostile);
  EXPECT_EQ(read["requests"][0]["attempts"][0]["detail"], hostile);
  EXPECT_EQ(read["gateways"][0]["host"], hostile);
}

TEST_F(DashboardStringsTest, AreReadableWhenTheyAreNoUtf8) {
  serve(sample_config({"a"}));
  routing::RequestSummary summary;
  summary.request_id = "r1";
  summary.model = "caf\xE9 \xC3 \xED\xA0\x80";
  control_plane_->activity().observe_request(summary, "g");

  const nlohmann::json read = nlohmann::json::parse(state());

  EXPECT_EQ(read["requests"][0]["model"].get<std::string>().substr(0, 6), "caf\xEF\xBF\xBD");
}

}  // namespace
}  // namespace balancer::controlplane
