#include "controlplane/dashboard/dashboard_state.hpp"

#include <nlohmann/json.hpp>

#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class DashboardStateTest : public ControlPlaneFixture {
 protected:
  json state() const { return json::parse(dashboard_state(*control_plane_, clock_)); }
  void end(std::string id, int status) {
    routing::RequestSummary summary;
    summary.request_id = std::move(id);
    summary.status = status;
    summary.total_time = 1500ms;
    control_plane_->activity().observe_request(std::move(summary), "g1");
  }
};

TEST_F(DashboardStateTest, WritesTimesWithMilliseconds) {
  serve(sample_config({"a"}));
  clock_.advance(1234ms);

  EXPECT_EQ(state()["start_time"], "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(state()["time"], "2026-01-01T00:00:01.234Z");
}

TEST_F(DashboardStateTest, TellsWhyAProviderIsLeftAlone) {
  Config config = sample_config({"a", "b", "c"});
  config.snapshot.providers[1].max_in_flight = 8;
  config.snapshot.providers[2].enabled = config.snapshot.routing.providers[2].enabled = false;
  serve(config);
  cool("a", 30s);
  report("b", routing::AttemptOutcome::kModelMissing);
  clock_.advance(10s);

  const json providers = state()["providers"];

  EXPECT_EQ(providers[0]["state"], "cooling");
  EXPECT_EQ(providers[0]["remaining_cooldown_seconds"], 20.0);
  EXPECT_FALSE(providers[0]["last_error"].get<std::string>().empty());
  EXPECT_EQ(providers[0]["last_failure_time"], "2026-01-01T00:00:00.000Z");
  EXPECT_TRUE(providers[0]["max_in_flight"].is_null());
  EXPECT_EQ(providers[1]["state"], "healthy");
  EXPECT_TRUE(providers[1]["remaining_cooldown_seconds"].is_null());
  EXPECT_EQ(providers[1]["max_in_flight"], 8);
  ASSERT_EQ(providers[1]["cooling_models"].size(), 1u);
  EXPECT_EQ(providers[1]["cooling_models"][0]["model"], "model-at-b");
  EXPECT_TRUE(providers[1]["cooling_models"][0]["remaining_cooldown_seconds"].is_number());
  EXPECT_EQ(providers[2]["state"], "disabled");
}

TEST_F(DashboardStateTest, ShowsTheLatencyOfNowAndOfEachStep) {
  serve(sample_config({"a"}));
  routing::AttemptReport served = attempt_report("a", routing::AttemptOutcome::kSuccess);
  served.time_to_first_byte = 400ms;
  report(served);
  control_plane_->activity().observe_attempt(served);

  const json provider = state()["providers"][0];

  EXPECT_TRUE(provider["latency_seconds"].is_number());
  EXPECT_EQ(provider["latency_history"][59], 0.4);
  EXPECT_TRUE(provider["latency_history"][58].is_null());
}

TEST_F(DashboardStateTest, ShowsTheProblemsOfARefusedConfiguration) {
  serve(sample_config({"a"}));
  EXPECT_EQ(state()["config"]["last_reload"]["successful"], true);
  next_load_.config.reset();
  next_load_.problems = {
      {ConfigProblem::Severity::kError, "config.yaml", 12, 3, "providers[1].base_url", "has no host"},
      {ConfigProblem::Severity::kWarning, "config.yaml", 13, 3, "settings", "is odd"}};

  control_plane_->reload();

  const json config = state()["config"];
  EXPECT_EQ(config["snapshot_version"], 1);
  EXPECT_EQ(config["last_reload"]["successful"], false);
  ASSERT_EQ(config["last_reload"]["problems"].size(), 2u);
  EXPECT_EQ(config["last_reload"]["problems"][0]["severity"], "error");
  EXPECT_EQ(config["last_reload"]["problems"][1]["severity"], "warning");
  const std::string text = config["last_reload"]["problems"][0]["text"];
  EXPECT_THAT(text, testing::AllOf(testing::HasSubstr("config.yaml:12:3"), testing::HasSubstr("has no host")));
}

TEST_F(DashboardStateTest, TellsWhichGatewaysLagBehindOrLeave) {
  serve(sample_config({"a"}));
  ConnectedGateways& gateways = control_plane_->gateways();
  for (const char* const id : {"g1", "g2", "g3"}) gateways.connect({.id = id, .version = "1.0"}, clock_.wall_now());
  gateways.acknowledge("g1", 1, "");
  gateways.acknowledge("g2", 1, "");
  gateways.report("g1", {.open_request_count = 3, .open_stream_count = 2, .draining = false});
  gateways.report("g3", {.open_request_count = 0, .open_stream_count = 0, .draining = true});
  control_plane_->drain_gateway("g2", true);

  const json shown = state()["gateways"];

  EXPECT_EQ(shown[0]["up_to_date"], true);
  EXPECT_EQ(shown[0]["open_requests"], 3);
  EXPECT_EQ(shown[0]["draining"], false);
  EXPECT_EQ(shown[1]["draining"], true) << "it is told to, and will say so itself in a moment";
  EXPECT_EQ(shown[2]["up_to_date"], false);
  EXPECT_EQ(shown[2]["draining"], true);
}

TEST_F(DashboardStateTest, ShowsTheFiftyNewestRequests) {
  serve(sample_config({"a"}));
  for (int i = 0; i < 256; ++i) end("r" + std::to_string(i), 200);

  const json requests = state()["requests"];

  ASSERT_EQ(requests.size(), 50u);
  EXPECT_EQ(requests[0]["id"], "r255");
  EXPECT_EQ(requests[49]["id"], "r206");
}

}  // namespace
}  // namespace balancer::controlplane
