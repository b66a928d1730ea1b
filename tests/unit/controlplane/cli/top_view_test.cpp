#include "controlplane/cli/top_view.hpp"

#include <gmock/gmock.h>

#include "controlplane/cli/description.hpp"
#include "tests/unit/controlplane/cli/observed_gateways.hpp"

namespace balancer::controlplane::cli {
namespace {

using testing::ElementsAre;

v1::GetTrafficResponse traffic(std::initializer_list<int> requests) {
  v1::GetTrafficResponse response;
  response.set_requests_per_second(1.25);
  response.set_errors_per_second(0.1);
  response.set_input_tokens_per_second(1200.4);
  response.set_output_tokens_per_second(80);
  for (const int count : requests) response.add_steps()->set_request_count(count);
  return response;
}

v1::ListProvidersResponse providers() {
  v1::ListProvidersResponse response;
  for (const auto& [name, in_flight] : {std::pair{"idle", 0}, std::pair{"loaded", 9}, std::pair{"quiet", 0}}) {
    v1::ProviderListing& provider = *response.add_providers();
    provider.set_name(name);
    provider.mutable_status()->set_state(v1::PROVIDER_STATE_HEALTHY);
    provider.mutable_status()->set_in_flight_count(in_flight);
  }
  v1::ProviderStatus& cooling = *response.mutable_providers(2)->mutable_status();
  cooling.set_state(v1::PROVIDER_STATE_COOLING);
  cooling.mutable_remaining_cooldown()->set_seconds(61);
  cooling.set_last_error("HTTP 529");
  return response;
}

TEST(TopViewTest, ShowsTrafficProvidersByLoadAndGateways) {
  EXPECT_EQ(top_rendering(traffic({0, 7}), providers(), three_gateways()).text,
            "requests 1.2/s   errors 0.1/s   tokens in 1200/s, out 80/s\n"
            "▁█\n"
            "\n"
            "PROVIDER  IN-FLIGHT  LATENCY  STATUS   COOLDOWN  LAST-ERROR\n"
            "loaded    9          -        healthy  -         -\n"
            "idle      0          -        healthy  -         -\n"
            "quiet     0          -        cooling  1m01s     HTTP 529\n"
            "\n"
            "ID     ADDRESS        STATE        OPEN  CONFIG                          VERSION\n"
            "gw-11  10.0.0.1:9090  in rotation  4     newest                          0.1.0\n"
            "gw-12  10.0.0.1:9090  in rotation  -     behind (2 of 3)                 0.1.0\n"
            "gw-1   10.0.0.1:9090  drained      0     refused: unknown provider type  0.1.0\n");
}

TEST(TopViewTest, DrawsABlockForEachStep) {
  const auto line = [](std::initializer_list<int> requests) {
    const std::string text = top_rendering(traffic(requests), {}, {}).text;
    const std::size_t begin = text.find('\n') + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  };

  EXPECT_EQ(line({0, 1, 2, 3, 4, 5, 6, 7}), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(line({0, 0, 0}), "▁▁▁");
  EXPECT_EQ(line({5}), "█");
  EXPECT_EQ(line({}), "");
  EXPECT_EQ(line({-3, 7}), "▁█");
}

TEST(TopViewTest, GivesProgramsTheSameAsJson) {
  const Rendering rendering = top_rendering(traffic({1}), providers(), three_gateways());

  EXPECT_EQ(rendering.json["traffic"]["requests_per_second"], 1.25);
  EXPECT_EQ(rendering.json["providers"][0]["name"], "loaded");
  EXPECT_EQ(rendering.json["gateways"].size(), 3u);
  EXPECT_THAT(rendering.names, ElementsAre("loaded", "idle", "quiet"));
}

TEST(DescriptionTest, HasALineForEachThing) {
  Description description;
  description.add("id", "gw-1");
  description.add("a long label", "x");
  description.add("error", "");

  EXPECT_EQ(description.text(),
            "id          gw-1\n"
            "a long label x\n"
            "error       -\n");
}

TEST(DescriptionTest, ShowsNoControlCharacters) {
  Description description;
  description.add("model", "x\x1b[2J\ny");

  EXPECT_EQ(description.text(), "model       x?[2J?y\n");
}

}  // namespace
}  // namespace balancer::controlplane::cli
