#include "controlplane/metrics/control_plane_metrics.hpp"

#include "tests/unit/controlplane/domain/control_plane_fixture.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::HasSubstr;
using testing::Not;

class ControlPlaneMetricsTest : public ControlPlaneFixture {
 protected:
  std::string text() const { return metrics::exposition(collect_metrics(*control_plane_)); }
  // A whole line: "name{label="value"} 1", without the prefix that all share.
  testing::Matcher<const std::string&> has(const std::string& line) const {
    return HasSubstr("\nbalancer_controlplane_" + line + "\n");
  }
};

TEST_F(ControlPlaneMetricsTest, ShowEachProviderInOneStateOnly) {
  Config config = sample_config({"a", "b", "c"});
  config.snapshot.providers[2].enabled = config.snapshot.routing.providers[2].enabled = false;
  serve(config);
  cool("a", 30s);
  clock_.advance(10s);

  const std::string shown = text();

  const std::vector<std::pair<std::string, std::string>> states{{"a", "cooling"}, {"b", "healthy"}, {"c", "disabled"}};
  for (const auto& [provider, state] : states) {
    for (const std::string other : {"healthy", "cooling", "disabled"}) {
      EXPECT_THAT(shown, has("provider_state{provider=\"" + provider + "\",state=\"" + other + "\"} " +
                             (other == state ? "1" : "0")));
    }
  }
  EXPECT_THAT(shown, has("provider_cooldown_seconds{provider=\"a\"} 20"));
  EXPECT_THAT(shown, has("provider_cooldown_seconds{provider=\"b\"} 0"));
}

TEST_F(ControlPlaneMetricsTest, ShowLoadLatencyAndCoolingModels) {
  serve(sample_config({"a", "b"}));
  ask();
  ask();
  routing::AttemptReport served = attempt_report("a", AttemptOutcome::kSuccess);
  served.time_to_first_byte = 250ms;
  report(served);
  report("b", AttemptOutcome::kModelMissing);

  const std::string shown = text();

  EXPECT_THAT(shown, has("provider_in_flight{provider=\"a\"} 1"));
  EXPECT_THAT(shown, has("provider_latency_seconds{provider=\"a\"} 0.25"));
  EXPECT_THAT(shown, Not(HasSubstr("provider_latency_seconds{provider=\"b\"}"))) << "nobody knows it";
  EXPECT_THAT(shown, has("provider_cooling_models{provider=\"b\"} 1"));
  EXPECT_THAT(shown, has("provider_cooling_models{provider=\"a\"} 0"));
}

TEST_F(ControlPlaneMetricsTest, CountAttemptsTokensAndCooldowns) {
  serve(sample_config({"a", "b"}));
  routing::AttemptReport served = attempt_report("a", AttemptOutcome::kSuccess);
  served.input_token_count = 100;
  served.output_token_count = 7;
  control_plane_->activity().observe_attempt(served);
  control_plane_->activity().observe_attempt(attempt_report("b", AttemptOutcome::kTimeout));
  cool("b");

  const std::string shown = text();

  EXPECT_THAT(shown, has("attempts_total{provider=\"a\",outcome=\"success\"} 1"));
  EXPECT_THAT(shown, has("attempts_total{provider=\"b\",outcome=\"timeout\"} 1"));
  EXPECT_THAT(shown, has("tokens_total{provider=\"a\",type=\"input\"} 100"));
  EXPECT_THAT(shown, has("tokens_total{provider=\"a\",type=\"output\"} 7"));
  EXPECT_THAT(shown, has("cooldowns_total{provider=\"b\"} 1"));
}

TEST_F(ControlPlaneMetricsTest, CountDecisionsAndRequests) {
  serve(sample_config({"a"}));
  ask();
  for (const int status : {200, 200, 529, 123456}) {
    routing::RequestSummary summary;
    summary.status = status;
    control_plane_->activity().observe_request(std::move(summary), "g1");
  }

  const std::string shown = text();

  EXPECT_THAT(shown, has("decisions_total{outcome=\"plan\"} 1"));
  EXPECT_THAT(shown, has("requests_total{code=\"200\"} 2"));
  EXPECT_THAT(shown, has("requests_total{code=\"529\"} 1"));
  EXPECT_THAT(shown, Not(HasSubstr("123456"))) << "series are bounded";
}

TEST_F(ControlPlaneMetricsTest, TellWhichConfigurationIsInForce) {
  serve(sample_config({"a"}));
  EXPECT_THAT(text(), has("config_version 1"));
  EXPECT_THAT(text(), has("config_last_reload_successful 1"));
  EXPECT_THAT(text(), has("config_reloads_total{result=\"applied\"} 1"));
  EXPECT_THAT(text(), has("config_reloads_total{result=\"refused\"} 0"));
  clock_.advance(10s);

  next_load_.config.reset();
  control_plane_->reload();

  EXPECT_THAT(text(), has("config_version 1"));
  EXPECT_THAT(text(), has("config_last_reload_successful 0"));
  EXPECT_THAT(text(), has("config_reloads_total{result=\"refused\"} 1"));
  EXPECT_THAT(text(), has("config_load_timestamp_seconds 1767225600"));
  EXPECT_THAT(text(), has("config_last_reload_timestamp_seconds 1767225610"));
}

TEST_F(ControlPlaneMetricsTest, CallAReloadWithoutAChangeSuccessful) {
  serve(sample_config({"a"}));
  next_load_.config.reset();
  control_plane_->reload();

  reload(sample_config({"a"}));

  EXPECT_THAT(text(), has("config_last_reload_successful 1"));
  EXPECT_THAT(text(), has("config_reloads_total{result=\"unchanged\"} 1"));
}

TEST_F(ControlPlaneMetricsTest, CountGatewaysThatDoNotServeFromTheConfigurationInForce) {
  serve(sample_config({"a"}));
  ConnectedGateways& gateways = control_plane_->gateways();
  EXPECT_THAT(text(), has("connected_gateways 0"));
  for (const char* const id : {"g1", "g2", "g3"}) gateways.connect({.id = id, .version = "1.0"}, clock_.wall_now());
  gateways.acknowledge("g1", 1, "");
  gateways.acknowledge("g2", 1, "");
  EXPECT_THAT(text(), has("connected_gateways 3"));
  EXPECT_THAT(text(), has("outdated_gateways 1"));

  reload(sample_config({"a", "b"}));
  gateways.acknowledge("g1", 2, "");
  gateways.acknowledge("g2", 2, "unknown provider type");

  EXPECT_THAT(text(), has("outdated_gateways 2"));
}

}  // namespace
}  // namespace balancer::controlplane
