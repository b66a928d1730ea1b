#include "controlplane/config/config_loader.hpp"

#include <sys/stat.h>

#include "tests/unit/controlplane/config/config_fixture.hpp"

namespace balancer::controlplane {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ConfigLoaderTest : public ConfigFixture {};

TEST_F(ConfigLoaderTest, LoadsTheSmallestConfiguration) {
  const ConfigLoad& loaded = load(std::string(kProvider) + std::string(kRoute));

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  EXPECT_THAT(loaded.config->snapshot.providers, SizeIs(1));
  EXPECT_EQ(loaded.config->snapshot.routing.providers[0].name, "a");
  EXPECT_THAT(loaded.content_hash, SizeIs(64));
}

TEST_F(ConfigLoaderTest, FindsAllProblemsAtOnceAndInTheFilesOrder) {
  const ConfigLoad& loaded = load(
      "providers:\n"
      "  - name: a\n"
      "    type: antropic\n"
      "    base_url: ftp://a.example\n"
      "    enabled: perhaps\n"
      "    auth_value: k\n"
      "  - name: a\n"
      "    type: openai\n"
      "    base_ulr: https://b.example\n"
      "    auth_value: ${MISSING}\n"
      "model_routes:\n"
      "  \"*\":\n"
      "    - provider: b\n"
      "settings:\n"
      "  port: 70000\n"
      "  failure_cooldown: -1\n"
      "  selection_strategy: best\n"
      "extra: 1\n");

  EXPECT_FALSE(loaded.config);
  EXPECT_THAT(
      problems(),
      ElementsAre("3:11: error: providers[0].type: must be one of anthropic, openai; not \"antropic\"",
                  "4:15: error: providers[0].base_url: must start with https:// or http://",
                  "5:14: error: providers[0].enabled: must be true or false, not \"perhaps\"",
                  "7:5: error: providers[1].base_url: is missing",
                  "7:5: error: providers[1]: the name \"a\" is taken by providers[0] already",
                  "9:5: error: providers[1].base_ulr: unknown key; did you mean base_url?",
                  "10:17: error: providers[1].auth_value: the environment variable MISSING is not set",
                  "13:17: error: model_routes[\"*\"][0].provider: \"b\" is no provider's name; did you mean a?",
                  "15:9: error: settings.port: must be a whole number from 0 to 65535, not \"70000\"",
                  "16:21: error: settings.failure_cooldown: must be a duration: seconds, or like 250ms, 90s, 5m, 1h; "
                  "not \"-1\"",
                  "17:23: error: settings.selection_strategy: must be one of priority, round_robin, random, weighted, "
                  "least_latency; not \"best\"",
                  "18:1: error: extra: unknown key"));
}

TEST_F(ConfigLoaderTest, NeedsProvidersAndRoutes) {
  EXPECT_FALSE(load("settings: {port: 1}\n").config);
  EXPECT_THAT(problems(), ElementsAre("1:1: error: providers: is missing", "1:1: error: model_routes: is missing"));

  EXPECT_FALSE(load("providers: []\nmodel_routes: {}\n").config);
  EXPECT_THAT(problems(), ElementsAre("1:12: error: providers: must list at least one provider",
                                      HasSubstr("2:15: error: model_routes: must hold at least one route")));
}

TEST_F(ConfigLoaderTest, ReportsAFileThatCannotBeRead) {
  const auto missing = load_config(folder_.path() / "absent.yaml", process_environment());
  ASSERT_THAT(missing.problems, SizeIs(1));
  EXPECT_EQ(to_string(missing.problems[0]),
            (folder_.path() / "absent.yaml").string() + ": error: cannot be read: No such file or directory");
  EXPECT_FALSE(missing.config);
  EXPECT_EQ(missing.content_hash, "");

  const auto folder = load_config(folder_.path(), process_environment());
  EXPECT_THAT(to_string(folder.problems.at(0)), HasSubstr("it is not a regular file"));
}

TEST_F(ConfigLoaderTest, DoesNotWaitForAPipe) {
  const auto pipe = folder_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);

  const ConfigLoad loaded = load_config(pipe, process_environment());

  EXPECT_THAT(to_string(loaded.problems.at(0)), HasSubstr("it is not a regular file"));
}

TEST_F(ConfigLoaderTest, RefusesAHugeFile) {
  EXPECT_FALSE(load("a: " + std::string(2'000'000, 'x')).config);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("error: is larger than 1048576 bytes")));
}

TEST_F(ConfigLoaderTest, SurvivesAnyBytes) {
  // A linear congruential generator: the same bytes on every run.
  std::uint32_t state = 1;
  for (int round = 0; round < 300; ++round) {
    std::string bytes = std::string(kProvider) + std::string(kRoute) + "settings: {auth: {keys: [{name: x, key: k}]}}\n";
    for (int change = 0; change < 4; ++change) {
      state = state * 1'664'525 + 1'013'904'223;
      bytes[(state >> 8) % bytes.size()] = "{}[]:-,#&*!|>'\"%@`\n ?~<x0"[(state >> 24) % 26];
    }
    const ConfigLoad& loaded = load(bytes);
    EXPECT_EQ(loaded.config.has_value(), !has_errors(loaded.problems)) << bytes;
  }
}

TEST_F(ConfigLoaderTest, NeverRepeatsACredential) {
  variables_["TOKEN"] = "sk-canary-1";
  folder_.overwrite("key", "sk-canary-2\nsk-canary-3\n");
  load(
      "providers:\n"
      "  - {name: a, type: anthropic, base_url: 'https://u:sk-canary-4@h.example', auth_value: '${TOKEN}', auth_type: '${TOKEN}'}\n"
      "  - {name: b, type: openai, base_url: 'https://b/?key=sk-canary-5', auth_value: 'file:key'}\n"
      "  - {name: c, type: openai, base_url: 'https://c', auth_value: \"sk-canary-6\\n\"}\n"
      "  - {name: d, type: openai, base_url: 'https://d', auth_value: [sk-canary-7], proxy: 'ftp://u:sk-canary-8@h:1'}\n"
      "  - {name: e, type: openai, base_url: 'https://e', auth_vlaue: sk-canary-9, proxy: 'http://u:sk-canary-10@h'}\n"
      "  - {name: f, type: openai, base_url: '${TOKEN}', auth_value: ' sk-canary-11', priority: '${TOKEN}'}\n"
      "model_routes: {\"*\": [{provider: a}]}\n"
      "settings:\n"
      "  port: ${TOKEN}\n"
      "  auth:\n"
      "    api_key: sk-canary\n"
      "    keys: [{name: n, key: sk-canary}, {name: m, sha256: sk-canary-12}, {key: sk-canary-13}]\n");

  EXPECT_THAT(problems(), Each(Not(HasSubstr("canary"))));
  EXPECT_THAT(problems(), SizeIs(::testing::Ge(12u)));
}

TEST_F(ConfigLoaderTest, TellsContentsApart) {
  const std::string first = load(std::string(kProvider) + std::string(kRoute)).content_hash;
  const std::string second = load(std::string(kProvider) + std::string(kRoute) + "# later\n").content_hash;

  EXPECT_NE(first, second);
}

TEST_F(ConfigLoaderTest, ResolvesMergesAndAnchors) {
  const ConfigLoad& loaded = load(
      "x-common: &common {type: anthropic, auth_type: auth_token, auth_value: sk-x}\n"
      "providers:\n"
      "  - {<<: *common, name: a, base_url: https://a.example}\n"
      "  - {<<: *common, name: b, base_url: https://b.example, auth_type: api_key}\n"
      "model_routes:\n"
      "  one: &targets [{provider: a}, {provider: b}]\n"
      "  two: *targets\n");

  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_TRUE(loaded.config);
  const Snapshot& snapshot = loaded.config->snapshot;
  EXPECT_EQ(snapshot.providers[0].authentication, ProviderAuthentication::kBearer);
  EXPECT_EQ(snapshot.providers[1].authentication, ProviderAuthentication::kXApiKey);
  EXPECT_EQ(snapshot.providers[1].credential.reveal(), "sk-x");
  EXPECT_EQ(snapshot.routing.routes[1].targets, snapshot.routing.routes[0].targets);
}

}  // namespace
}  // namespace balancer::controlplane
