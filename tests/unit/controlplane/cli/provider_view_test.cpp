#include "controlplane/cli/provider_view.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "controlplane/cli/provider_description.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::HasSubstr;

v1::ListProvidersResponse listing() {
  v1::ListProvidersResponse response;
  response.set_selection_strategy(v1::SELECTION_STRATEGY_LEAST_LATENCY);
  v1::ProviderListing& a = *response.add_providers();
  a.set_name("a");
  a.set_type(v1::PROVIDER_TYPE_ANTHROPIC);
  a.set_base_url("https://a.example");
  a.set_enabled(true);
  a.set_max_in_flight(10);
  v1::ServedModel& served = *a.add_models();
  served.set_pattern("*sonnet*");
  served.set_model("passthrough");
  served.set_priority(1);
  a.mutable_status()->set_state(v1::PROVIDER_STATE_HEALTHY);
  a.mutable_status()->set_in_flight_count(3);
  a.mutable_status()->mutable_latency()->set_nanos(840'000'000);
  for (const char* model : {"big", "small"}) {
    v1::ModelCooldown& cooling = *a.mutable_status()->add_cooling_models();
    cooling.set_upstream_model(model);
    cooling.mutable_remaining_cooldown()->set_seconds(12);
    cooling.set_last_error("HTTP 429");
  }
  v1::ProviderListing& b = *response.add_providers();
  b.set_name("b");
  b.set_type(v1::PROVIDER_TYPE_OPENAI);
  b.set_base_url("https://b.example");
  b.set_enabled(true);
  b.mutable_status()->set_state(v1::PROVIDER_STATE_COOLING);
  b.mutable_status()->mutable_remaining_cooldown()->set_seconds(177);
  b.mutable_status()->mutable_remaining_cooldown()->set_nanos(1'000'000);
  b.mutable_status()->set_failure_count(4);
  b.mutable_status()->set_last_error("HTTP 529");
  b.mutable_status()->mutable_last_failure_time()->set_seconds(1'700'000'000);
  return response;
}

TEST(ProviderViewTest, ShowsHealthAndLoadInColumns) {
  EXPECT_EQ(providers_rendering(listing()).text,
            "NAME  TYPE       STATUS                      COOLDOWN  IN-FLIGHT  LATENCY  FAILURES  LAST-ERROR  BASE-URL\n"
            "a     anthropic  healthy (2 models cooling)  -         3 of 10    840ms    0         -           "
            "https://a.example\n"
            "b     openai     cooling                     2m58s     0          -        4         HTTP 529    "
            "https://b.example\n");
}

TEST(ProviderViewTest, CountsASingleModelAsOne) {
  v1::ProviderStatus status;
  status.set_state(v1::PROVIDER_STATE_HEALTHY);
  status.add_cooling_models();

  EXPECT_EQ(status_text(status), "healthy (1 model cooling)");
}

TEST(ProviderViewTest, GivesProgramsTheSameAsJson) {
  const nlohmann::ordered_json json = providers_json(listing());

  EXPECT_EQ(json["selection_strategy"], "least_latency");
  const nlohmann::ordered_json& a = json["providers"][0];
  EXPECT_EQ(a["state"], "healthy");
  EXPECT_TRUE(a["remaining_cooldown_seconds"].is_null());
  EXPECT_EQ(a["in_flight_count"], 3);
  EXPECT_EQ(a["max_in_flight"], 10);
  EXPECT_EQ(a["latency_seconds"], 0.84);
  EXPECT_EQ(a["cooling_models"][1],
            nlohmann::ordered_json({{"model", "small"}, {"remaining_cooldown_seconds", 12.0}, {"last_error", "HTTP 429"}}));
  const nlohmann::ordered_json& b = json["providers"][1];
  EXPECT_EQ(b["remaining_cooldown_seconds"], 177.001);
  EXPECT_TRUE(b["max_in_flight"].is_null());
  EXPECT_TRUE(b["latency_seconds"].is_null());
}

TEST(ProviderDescriptionTest, TellsAllThatIsKnown) {
  const v1::ListProvidersResponse all = listing();

  EXPECT_EQ(describe(*find_provider(all, "a")),
            "name        a\n"
            "type        anthropic\n"
            "base url    https://a.example\n"
            "proxy       -\n"
            "status      healthy (2 models cooling)\n"
            "last error  -\n"
            "failures    0\n"
            "in flight   3 of 10\n"
            "latency     840ms\n"
            "\n"
            "PATTERN   MODEL        PRIORITY\n"
            "*sonnet*  passthrough  1\n"
            "\n"
            "COOLING-MODEL  COOLDOWN  LAST-ERROR\n"
            "big            12s       HTTP 429\n"
            "small          12s       HTTP 429\n");
  EXPECT_THAT(describe(*find_provider(all, "b")), HasSubstr("status      cooling, for 2m58s\n"));
  EXPECT_THAT(describe(*find_provider(all, "b")), HasSubstr("HTTP 529 (last failure 2023-11-14T22:13:20Z)"));
  EXPECT_EQ(find_provider(all, "c"), nullptr);
}

TEST(ProviderDescriptionTest, TellsWhenOnlyAProbeIsMissing) {
  v1::ProviderListing provider;
  provider.mutable_status()->set_state(v1::PROVIDER_STATE_COOLING);
  provider.mutable_status()->mutable_remaining_cooldown();

  EXPECT_THAT(describe(provider), HasSubstr("status      cooling, until a probe succeeds\n"));
}

}  // namespace
}  // namespace balancer::controlplane::cli
