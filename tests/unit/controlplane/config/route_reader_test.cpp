#include "controlplane/config/route_reader.hpp"

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using routing::RouteTarget;
using routing::SelectionStrategy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RouteReaderTest : public ConfigFixture {
 protected:
  ConfigLoad& load_routes(const std::string& lines) {
    return load(
        "providers: [{name: a, type: openai, base_url: 'https://h', auth_value: k}, {name: b, type: openai, base_url: "
        "'https://h', auth_value: k}, {name: off, type: openai, base_url: 'https://h', enabled: false}]\n"
        "model_routes:\n" +
        lines);
  }
};

TEST_F(RouteReaderTest, KeepsTheFilesOrder) {
  const ConfigLoad& loaded = load_routes(
      "  \"*z*\": [{provider: b, model: passthrough, priority: 2}, {provider: a, model: m, priority: 1, enabled: false}]\n"
      "  \"*a*\": [{provider: a}]\n"
      "  exact: [{provider: b, priority: -1}]\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  const auto& routes = loaded.config->snapshot.routing.routes;
  ASSERT_EQ(routes.size(), 3u);
  EXPECT_EQ(routes[0].pattern, "*z*");
  EXPECT_THAT(routes[0].targets, ElementsAre(RouteTarget{1, "", 2, true}, RouteTarget{0, "m", 1, false}));
  EXPECT_EQ(routes[1].pattern, "*a*");
  EXPECT_THAT(routes[1].targets, ElementsAre(RouteTarget{0, "", 0, true}));
  EXPECT_EQ(routes[2].pattern, "exact");
}

TEST_F(RouteReaderTest, RefusesRoutesThatLeadNowhere) {
  EXPECT_FALSE(load_routes("  \"*x*\":\n"
                           "  - {provider: aa}\n"
                           "  - {model: m}\n"
                           "  - {provider: a, model: ''}\n"
                           "  - {provider: a, priority: high, weigth: 3}\n"
                           "  empty: []\n"
                           "  null: ~\n"
                           "  text: a\n"
                           "  \"\": [{provider: a}]\n")
                   .config);
  EXPECT_THAT(problems(),
              ElementsAre("4:16: error: model_routes[\"*x*\"][0].provider: \"aa\" is no provider's name; did you mean a?",
                          "5:5: error: model_routes[\"*x*\"][1].provider: is missing",
                          HasSubstr("6:26: error: model_routes[\"*x*\"][2].model: must not be empty"),
                          HasSubstr("7:29: error: model_routes[\"*x*\"][3].priority: must be a whole number"),
                          "7:35: error: model_routes[\"*x*\"][3].weigth: unknown key; did you mean weight?",
                          HasSubstr("8:10: error: model_routes.empty: must list at least one"),
                          "9:3: error: model_routes: has a key that is no text",
                          "10:9: error: model_routes.text: must be a list",
                          HasSubstr("10:9: error: model_routes.text: must list at least one"),
                          HasSubstr("11:7: error: model_routes[\"\"]: a route needs a model name")));
}

TEST_F(RouteReaderTest, WarnsOfOddRoutes) {
  EXPECT_TRUE(load_routes("  \"*x*\": [{provider: off}, {provider: a, enabled: false}]\n"
                          "  \"*X*\": [{provider: a}]\n"
                          "  \"gpt-*\": [{provider: a}]\n")
                  .config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("3:10: warning: model_routes[\"*x*\"]: no provider of this route"),
                                      HasSubstr("4:10: warning: model_routes[\"*X*\"]: matches the same models as \"*x*\""),
                                      HasSubstr("5:12: warning: model_routes[\"gpt-*\"]: matches whole names only")));
}

TEST_F(RouteReaderTest, ReadsTheSelectionStrategy) {
  EXPECT_EQ(load_settings("  log_color: true\n").config->snapshot.routing.strategy, SelectionStrategy::kPriority);
  EXPECT_EQ(load_settings("  selection_strategy: round_robin\n").config->snapshot.routing.strategy,
            SelectionStrategy::kRoundRobin);
  EXPECT_EQ(load_settings("  selection_strategy: random\n").config->snapshot.routing.strategy,
            SelectionStrategy::kRandom);
  EXPECT_EQ(load_settings("  selection_strategy: weighted\n").config->snapshot.routing.strategy,
            SelectionStrategy::kWeighted);
  EXPECT_EQ(load_settings("  selection_strategy: least_latency\n").config->snapshot.routing.strategy,
            SelectionStrategy::kLeastLatency);
}

TEST_F(RouteReaderTest, ReadsARoutesOwnStrategyAndItsWeights) {
  const ConfigLoad& loaded = load_routes(
      "  \"*x*\": {strategy: weighted, providers: [{provider: a, weight: 3}, {provider: b}]}\n"
      "  \"*y*\": {providers: [{provider: a}]}\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  const auto& routes = loaded.config->snapshot.routing.routes;
  EXPECT_EQ(routes.at(0).strategy, SelectionStrategy::kWeighted);
  EXPECT_EQ(routes.at(0).targets.at(0).weight, 3u);
  EXPECT_EQ(routes.at(0).targets.at(1).weight, 1u);
  EXPECT_EQ(routes.at(1).strategy, std::nullopt);
}

TEST_F(RouteReaderTest, RefusesARouteWhoseOwnSettingsCannotWork) {
  EXPECT_FALSE(load_routes("  \"*x*\": {strategy: best, providers: [{provider: a, weight: 0}]}\n"
                           "  \"*y*\": {strategy: random}\n"
                           "  \"*z*\": {providers: [{provider: a}], stratgy: random}\n")
                   .config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("model_routes[\"*x*\"].strategy: must be one of priority, round_robin"),
                                      HasSubstr("model_routes[\"*x*\"].providers[0].weight: "),
                                      HasSubstr("model_routes[\"*y*\"].providers: is missing"),
                                      HasSubstr("model_routes[\"*y*\"]: must list at least one"),
                                      HasSubstr("model_routes[\"*z*\"].stratgy: unknown key")));
}

TEST_F(RouteReaderTest, RefusesStrategiesThatDoNotExist) {
  EXPECT_FALSE(load_settings("  selection_strategy: best\n").config);
  EXPECT_THAT(problems(), ElementsAre("4:23: error: settings.selection_strategy: must be one of priority, round_robin, "
                                      "random, weighted, least_latency; not \"best\""));
}

}  // namespace
}  // namespace balancer::controlplane
