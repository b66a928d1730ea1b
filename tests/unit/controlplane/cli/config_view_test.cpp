#include "controlplane/cli/config_view.hpp"

#include <gmock/gmock.h>

#include "tests/unit/controlplane/cli/read_yaml.hpp"

namespace balancer::controlplane::cli {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;

std::string lines(const Json& before, const Json& after) {
  return differences_rendering(differences(before, after)).text;
}

Json document() {
  return Json::parse(R"({
    "providers": [{"name": "Main", "base_url": "https://a.example"},
                  {"name": "Backup", "base_url": "https://b.example"}],
    "settings": {"failure_cooldown": "30s", "timeouts": {"idle": "180s"}, "unhealthy_http_codes": [418]}})");
}

TEST(ConfigDifferencesTest, AreNoneBetweenEqualConfigurations) {
  EXPECT_TRUE(differences(document(), document()).empty());
  EXPECT_EQ(lines(document(), document()), "");
}

TEST(ConfigDifferencesTest, NameASettingThatChanged) {
  Json after = document();
  after["settings"]["failure_cooldown"] = "90s";
  after["settings"]["timeouts"]["idle"] = nullptr;

  EXPECT_EQ(lines(document(), after),
            "~ settings.failure_cooldown: 30s -> 90s\n"
            "~ settings.timeouts.idle: 180s -> null\n");
}

TEST(ConfigDifferencesTest, TellWhatWasAddedAndWhatIsMissing) {
  Json after = document();
  after["settings"]["attempt_limit"] = 4;
  after["settings"].erase("failure_cooldown");

  EXPECT_EQ(lines(document(), after),
            "+ settings.attempt_limit: 4\n"
            "- settings.failure_cooldown: 30s\n");
  EXPECT_EQ(lines(after, document()),
            "+ settings.failure_cooldown: 30s\n"
            "- settings.attempt_limit: 4\n");
}

TEST(ConfigDifferencesTest, TellProvidersApartByName) {
  Json after = document();
  after["providers"].erase(0);
  after["providers"][0]["base_url"] = "https://c.example";

  EXPECT_EQ(lines(document(), after),
            "~ providers[Backup].base_url: https://b.example -> https://c.example\n"
            "- providers[Main].name: Main\n"
            "- providers[Main].base_url: https://a.example\n");
}

TEST(ConfigDifferencesTest, ProvidersInAnotherOrderAreTheSame) {
  Json after = document();
  std::swap(after["providers"][0], after["providers"][1]);

  EXPECT_TRUE(differences(document(), after).empty());
}

TEST(ConfigDifferencesTest, SeeListsThatBecomeEmptyAndFull) {
  Json after = document();
  after["settings"]["unhealthy_http_codes"] = Json::array();

  EXPECT_EQ(lines(document(), after),
            "+ settings.unhealthy_http_codes: []\n"
            "- settings.unhealthy_http_codes[0]: 418\n");
}

TEST(ConfigDifferencesTest, TellTextFromNumbers) {
  EXPECT_EQ(differences({{"a", "1"}}, {{"a", 1}}).size(), 1u);
  EXPECT_EQ(differences({{"a", nullptr}}, {{"a", "null"}}).size(), 1u);
}

TEST(ConfigDifferencesTest, AreNullForProgramsWhereASettingIsMissing) {
  const Rendering rendering = differences_rendering(differences({{"a", 1}, {"b", 2}}, {{"b", 3}, {"c", 4}}));

  EXPECT_EQ(rendering.json["differences"], Json::parse(R"([{"path": "b", "in_force": 2, "in_file": 3},
                                                           {"path": "c", "in_force": null, "in_file": 4},
                                                           {"path": "a", "in_force": 1, "in_file": null}])"));
  EXPECT_THAT(rendering.names, ElementsAre("b", "c", "a"));
}

TEST(ConfigDifferencesTest, ShowNoControlCharacters) {
  const std::string text = lines({{"a\x1b", "x\ny"}}, {{"a\x1b", "\x1b[31m"}});

  EXPECT_EQ(text, "~ a?: x?y -> ?[31m\n");
}

TEST(ConfigRenderingTest, IsTheDocumentAsYaml) {
  v1::GetConfigResponse response;
  response.set_document(document().dump());

  const Rendering rendering = config_rendering(response);

  EXPECT_EQ(rendering.json, document());
  EXPECT_EQ(read_yaml(rendering.text), document());
}

TEST(RoutesRenderingTest, HasALineForEachTarget) {
  v1::GetConfigResponse response;
  v1::RouteListing& route = *response.add_routes();
  route.set_pattern("*sonnet*");
  route.set_selection_strategy(v1::SELECTION_STRATEGY_WEIGHTED);
  v1::RouteTarget& first = *route.add_targets();
  first.set_provider("a");
  first.set_weight(3);
  first.set_enabled(true);
  v1::RouteTarget& second = *route.add_targets();
  second.set_provider("b");
  second.set_upstream_model("big");
  second.set_priority(2);
  second.set_weight(1);

  const Rendering rendering = routes_rendering(response);

  EXPECT_EQ(rendering.text,
            "PATTERN   STRATEGY  PROVIDER  MODEL        PRIORITY  WEIGHT  ENABLED\n"
            "*sonnet*  weighted  a         passthrough  0         3       yes\n"
            "*sonnet*  weighted  b         big          2         1       no\n");
  EXPECT_THAT(rendering.names, ElementsAre("*sonnet*"));
  EXPECT_EQ(rendering.json["routes"][0]["strategy"], "weighted");
  EXPECT_EQ(rendering.json["routes"][0]["targets"][1],
            Json({{"provider", "b"}, {"model", "big"}, {"priority", 2}, {"enabled", false}, {"weight", 1}}));
}

}  // namespace
}  // namespace balancer::controlplane::cli
