// The configuration files that are shipped load, and do what they say.
#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "common/snapshot/conversion_switches.hpp"
#include "common/routing/attempt_plan.hpp"
#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class DeployConfigTest : public ConfigFixture {
 protected:
  // Loads a shipped file; its problems as text go to load_problems_.
  std::optional<Config> load_shipped(const std::string& name) {
    // A copy: who may read the checkout's file is up to whoever checked it out.
    std::ifstream file(std::filesystem::path(BALANCER_DEPLOY_CONFIG_DIR) / name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const ConfigLoad loaded = load_config(folder_.overwrite("shipped.yaml", text),
                                          [this](std::string_view variable) -> std::optional<std::string> {
                                            const auto found = variables_.find(std::string(variable));
                                            if (found == variables_.end()) return std::nullopt;
                                            return found->second;
                                          });
    load_problems_.clear();
    for (const ConfigProblem& problem : loaded.problems) load_problems_.push_back(to_string(problem));
    return loaded.config;
  }

  class AllWell final : public routing::TargetConditions {
   public:
    [[nodiscard]] routing::TargetCondition of(std::size_t, std::string_view) const override { return {}; }
  };

  // (provider, upstream model) in the order in which they are tried while all are healthy.
  static std::vector<std::pair<std::string, std::string>> order(const Config& config, std::string_view model) {
    const routing::RoutingTable& table = config.snapshot.routing;
    const routing::RouteQuery query{model, {}};
    const AllWell healthy;
    const std::size_t route = routing::find_route(table, query, healthy);
    const auto decision = routing::plan_attempts(table, query, route, healthy, {});
    std::vector<std::pair<std::string, std::string>> result;
    if (const auto* const plan = std::get_if<routing::AttemptPlan>(&decision)) {
      for (const routing::Candidate& candidate : plan->candidates) {
        result.emplace_back(table.providers[candidate.provider].name, candidate.upstream_model);
      }
    }
    return result;
  }

  std::vector<std::string> load_problems_;
};

TEST_F(DeployConfigTest, TheReferencesExampleLoadsAndKeepsItsOrder) {
  const auto config = load_shipped("seed-example.yaml");

  EXPECT_THAT(load_problems_, IsEmpty());
  ASSERT_TRUE(config);
  for (const char* const model : {"claude-sonnet-4", "claude-sonnet-4-20250514", "Claude-3-5-Sonnet-latest"}) {
    EXPECT_THAT(order(*config, model), ElementsAre(Pair("GAC", ""), Pair("OpenRouter", "anthropic/claude-3.5-sonnet"),
                                                   Pair("Together", "meta-llama/Llama-3.3-70B-Instruct-Turbo")))
        << model;
  }
  EXPECT_THAT(order(*config, "claude-3-5-haiku-20241022"),
              ElementsAre(Pair("GAC", ""), Pair("OpenRouter", "anthropic/claude-3.5-haiku")));
  EXPECT_THAT(order(*config, "gpt-4o"), IsEmpty());
}

TEST_F(DeployConfigTest, TheReferencesExampleKeepsItsSettings) {
  const auto config = load_shipped("seed-example.yaml");

  ASSERT_TRUE(config);
  EXPECT_EQ(config->snapshot.cooldown.base, std::chrono::seconds(90));
  EXPECT_EQ(config->snapshot.timeouts.until_commit, std::chrono::seconds(300));
  EXPECT_EQ(config->server.log_level, LogLevel::kInfo);
  EXPECT_EQ(config->cache.max_entries, 1000u);
  const auto& providers = config->snapshot.providers;
  EXPECT_EQ(providers[0].authentication, ProviderAuthentication::kXApiKey);
  EXPECT_TRUE((providers[0].url == ProviderUrl{true, "gaccode.com", 443, "/claudecode"}));
  EXPECT_EQ(providers[1].authentication, ProviderAuthentication::kBearer);
  EXPECT_TRUE((providers[2].url == ProviderUrl{true, "api.together.xyz", 443, "/v1"}));
}

TEST_F(DeployConfigTest, TheNewcomersExampleNeedsOneKey) {
  EXPECT_FALSE(load_shipped("example.yaml"));
  EXPECT_THAT(load_problems_, ElementsAre(::testing::HasSubstr("the environment variable ANTHROPIC_API_KEY is not set")));

  variables_["ANTHROPIC_API_KEY"] = "sk-ant-1";
  const auto config = load_shipped("example.yaml");
  EXPECT_THAT(load_problems_, IsEmpty());
  ASSERT_TRUE(config);
  EXPECT_THAT(order(*config, "claude-sonnet-4"), ElementsAre(Pair("Anthropic", "")));
}

TEST_F(DeployConfigTest, TheContainersConfigurationWantsAClientKey) {
  variables_["ANTHROPIC_API_KEY"] = "sk-ant-1";
  variables_["BALANCER_CLIENT_KEY"] = "a-client-key-that-is-long";

  const auto config = load_shipped("../docker/balancer.yaml");

  EXPECT_THAT(load_problems_, IsEmpty());
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->snapshot.client_authentication.enabled);
  EXPECT_EQ(config->snapshot.client_authentication.keys.size(), 1u);
}

TEST_F(DeployConfigTest, TheReferenceFileWritesDownTheDefaults) {
  variables_["ANTHROPIC_API_KEY"] = "sk-a";
  variables_["OPENAI_API_KEY"] = "sk-o";
  auto reference = load_shipped("reference.yaml");
  EXPECT_THAT(load_problems_, IsEmpty());
  ASSERT_TRUE(reference);

  auto defaults = load(
      "providers:\n"
      "  - {name: Anthropic, type: anthropic, base_url: 'https://api.anthropic.com', auth_value: sk-a}\n"
      "  - {name: Converted, type: openai, base_url: 'https://llm.example.com/v1', auth_value: sk-o}\n"
      "model_routes:\n"
      "  \"*\": [{provider: Anthropic}]\n"
      "  \"*example*\": {strategy: round_robin, providers: [{provider: Anthropic}]}\n").config;
  ASSERT_TRUE(defaults);
  reference->snapshot.load_time = defaults->snapshot.load_time;
  EXPECT_TRUE(*reference == *defaults);
}

// The file's own words for each switch are its documentation: none may be missing.
TEST_F(DeployConfigTest, TheReferenceFileNamesEverySwitch) {
  std::ifstream file(std::string(BALANCER_DEPLOY_CONFIG_DIR) + "/reference.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};

  visit_switches(ConversionSettings(), [&](std::string_view name, const auto&) {
    EXPECT_THAT(text, ::testing::HasSubstr("\n    " + std::string(name) + ": "));
  });
}

}  // namespace
}  // namespace balancer::controlplane
