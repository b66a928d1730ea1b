#include "controlplane/config/config_view.hpp"

#include "tests/unit/controlplane/config/viewed_config.hpp"

namespace balancer::controlplane {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigViewTest : public ConfigViewFixture {
 protected:
  Json view_of(std::string_view text) {
    const ConfigLoad& loaded = load(text);
    EXPECT_TRUE(loaded.config.has_value()) << testing::PrintToString(problems());
    return loaded.config ? config_view(*loaded.config) : Json();
  }
};

constexpr std::string_view kFullOfCanaries = R"(
providers:
  - {name: key, type: anthropic, base_url: https://a.example, auth_value: canary-key}
  - {name: token, type: anthropic, base_url: https://b.example, auth_type: auth_token, auth_value: "${TOKEN}"}
  - {name: file, type: openai, base_url: https://c.example/v1, auth_value: "file:credential"}
  - {name: proxied, type: openai, base_url: https://d.example/v1, auth_value: canary-proxied,
     proxy: "http://user:canary-proxy@proxy.example:3128", health_check: {get: /v1/models}}
  - {name: socks, type: anthropic, base_url: https://e.example, auth_type: passthrough,
     proxy: "socks5://user:canary-socks@proxy.example:1080"}
model_routes: {"*": [{provider: key}]}
settings:
  auth:
    api_key: canary-api-key-canary
    keys:
      - {name: alice, key: canary-alice-canary-alice}
      - {name: bob, key: "file:client_key"}
      - {name: carol, sha256: "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"}
)";

class HiddenSecretsTest : public ConfigViewTest {
 protected:
  HiddenSecretsTest() {
    variables_["TOKEN"] = "canary-token";
    folder_.write("credential", "canary-file\n");
    folder_.write("client_key", "canary-client-key-of-bob\n");
  }
};

TEST_F(HiddenSecretsTest, NeverShowCredentialsProxyPasswordsOrClientKeys) {
  const std::string text = view_of(kFullOfCanaries).dump();

  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, Not(HasSubstr("00112233"))) << "nor the digest of one, which may be guessed";
  EXPECT_THAT(text, Not(HasSubstr("file:credential")));
}

TEST_F(HiddenSecretsTest, ShowWhetherThereIsOne) {
  const Json view = view_of(kFullOfCanaries);

  for (const std::size_t i : {0, 1, 2, 3}) EXPECT_EQ(view["providers"][i]["auth_value"], kHiddenSecret) << i;
  EXPECT_TRUE(view["providers"][4]["auth_value"].is_null());
  EXPECT_EQ(view["providers"][3]["proxy"], "http://user:<secret>@proxy.example:3128");
  EXPECT_EQ(view["providers"][4]["proxy"], "socks5://user:<secret>@proxy.example:1080");
  const Json& keys = view["settings"]["auth"]["keys"];
  ASSERT_EQ(keys.size(), 4u);
  for (const Json& key : keys) EXPECT_EQ(key["key"], kHiddenSecret);
  EXPECT_EQ(keys[1]["name"], "alice");
}

TEST_F(ConfigViewTest, FillsInDefaultsUnderTheNamesOfTheFile) {
  const Json view = view_of(std::string(kProvider) + std::string(kRoute));

  const Json& provider = view["providers"][0];
  EXPECT_EQ(provider["name"], "a");
  EXPECT_EQ(provider["auth_type"], "api_key");
  EXPECT_EQ(provider["signature_domain"], "a.example");
  EXPECT_TRUE(provider["proxy"].is_null());
  EXPECT_TRUE(provider["health_check"].is_null());
  EXPECT_EQ(view["model_routes"]["*"][0]["model"], "passthrough");
  const Json& settings = view["settings"];
  EXPECT_EQ(settings["selection_strategy"], "priority");
  EXPECT_EQ(settings["failure_cooldown"], "30s");
  EXPECT_EQ(settings["timeouts"]["streaming"]["first_byte"], "120s");
  EXPECT_EQ(settings["log_level"], "INFO");
}

TEST_F(ConfigViewTest, ReplacesOlderNames) {
  const ConfigLoad& loaded =
      load_settings("  cooldown_seconds: 1.5\n  idle_recovery_interval: 90\n  failover_http_codes: [418]\n");
  ASSERT_TRUE(loaded.config.has_value());

  const Json settings = config_view(*loaded.config)["settings"];

  EXPECT_EQ(settings["failure_cooldown"], "1500ms");
  EXPECT_EQ(settings["sticky_provider_duration"], "90s");
  EXPECT_EQ(settings["unhealthy_http_codes"], Json::array({418}));
  EXPECT_FALSE(settings.contains("cooldown_seconds"));
}

TEST_F(ConfigViewTest, ShowsARoutesOwnStrategyAndTheTargetsOfEach) {
  const Json view = view_of(std::string(kProvider) +
                            "model_routes:\n"
                            "  \"*x*\": {strategy: weighted, providers: [\n"
                            "    {provider: a, model: m, priority: 2, weight: 3, enabled: false}]}\n"
                            "  \"*\": [{provider: a}]\n");

  const Json& route = view["model_routes"]["*x*"];
  EXPECT_EQ(route["strategy"], "weighted");
  EXPECT_EQ(route["providers"][0],
            Json({{"provider", "a"}, {"model", "m"}, {"priority", 2}, {"enabled", false}, {"weight", 3}}));
  EXPECT_TRUE(view["model_routes"]["*"].is_array());
}

TEST_F(ConfigViewTest, ShowsOfAConvertedProviderWhatDiffersFromTheDefaults) {
  const Json view = view_of(
      "providers:\n"
      "  - {name: o, type: openai, base_url: https://api.openai.com/v1, auth_value: k, vision: false}\n"
      "model_routes: {\"*\": [{provider: o}]}\n");

  const Json& provider = view["providers"][0];
  EXPECT_TRUE(provider.contains("vision"));
  EXPECT_TRUE(provider.contains("max_tokens_field")) << "the host's preset";
  EXPECT_FALSE(provider.contains("prefill"));
  EXPECT_FALSE(provider.contains("count_tokens"));
}

}  // namespace
}  // namespace balancer::controlplane
