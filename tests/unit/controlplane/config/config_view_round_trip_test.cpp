// A view is a configuration: who writes it down and puts the credentials back has the one in force.
#include "tests/unit/controlplane/config/viewed_config.hpp"

namespace balancer::controlplane {
namespace {

class ConfigViewRoundTripTest : public ConfigViewFixture {
 protected:
  ConfigViewRoundTripTest() {
    for (const char* const name : {"ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY", "GAC_API_KEY"}) {
      variables_[name] = std::string("value-of-") + name;
    }
  }
  std::optional<Config> load_shipped(const std::string& name) {
    return load_config(std::filesystem::path(BALANCER_DEPLOY_CONFIG_DIR) / name,
                       [this](std::string_view variable) -> std::optional<std::string> {
                         const auto found = variables_.find(std::string(variable));
                         return found == variables_.end() ? std::nullopt : std::optional(found->second);
                       })
        .config;
  }
  void expect_round_trip_of(std::string_view text) {
    const std::optional<Config> config = load(text).config;
    ASSERT_TRUE(config.has_value()) << testing::PrintToString(problems());
    expect_round_trip(*config);
  }
  // One converted provider with these keys.
  void expect_round_trip_of_converted(const std::string& host, const std::string& keys) {
    expect_round_trip_of("providers: [{name: o, type: openai, auth_value: k, base_url: \"https://" + host + "/v1\", " +
                         keys + "}]\nmodel_routes: {\"*\": [{provider: o}]}\n");
  }
};

TEST_F(ConfigViewRoundTripTest, OfTheShippedFilesIsTheSameConfiguration) {
  for (const char* const name : {"example.yaml", "reference.yaml", "seed-example.yaml"}) {
    SCOPED_TRACE(name);
    const std::optional<Config> config = load_shipped(name);
    ASSERT_TRUE(config.has_value());
    expect_round_trip(*config);
  }
}

TEST_F(ConfigViewRoundTripTest, KeepsEverySettingThatIsNotTheDefault) {
  expect_round_trip_of(R"yaml(
providers:
  - {name: "a b", type: anthropic, base_url: "https://a.example:8443/prefix/", auth_type: auth_token, auth_value: k1,
     max_in_flight: 7, signature_domain: elsewhere, forward_client_identity: false, version_override: "2023-06-01",
     beta_add: [x, y], beta_remove: [z], ca_file: /etc/ca.pem, count_tokens: false, enabled: false,
     allow_link_local: true,
     health_check: {interval: 45s, timeout: 2500ms, get: /v1/models}}
  - {name: b, type: openai, base_url: "http://127.0.0.1:8000/v1", auth_value: "", proxy: "http://proxy.example:3128",
     health_check: {interval: 60s, timeout: 10s, model: tiny}}
  - {name: c, type: anthropic, base_url: "https://[2001:db8::1]", auth_type: passthrough}
model_routes:
  exact-model: [{provider: b, model: other, priority: -3, weight: 9}, {provider: c, enabled: false}]
  "*sonnet*": {strategy: least_latency, providers: [{provider: c}, {provider: b, model: "null"}]}
settings:
  selection_strategy: random
  when_all_cooling: fail_fast
  unhealthy_threshold: 5
  failure_cooldown: 250ms
  failure_cooldown_limit: 2h
  unhealthy_reset_on_success: false
  unhealthy_reset_timeout: 0
  unhealthy_http_codes: [404, 418]
  unhealthy_response_body_patterns: ["over(loaded|run)", "a.b"]
  sticky_provider_duration: 0
  attempt_limit: 9
  ping_interval: 20s
  diagnostic_headers: false
  timeouts: {connect: 1s, tls_handshake: 2s, streaming: {first_byte: 3s}, non_streaming: {first_byte: 4s}, idle: 5s,
             content_idle: 6s, until_commit: 7s, stream_total: 8s, caching: {deduplication_timeout: 9s}}
  max_cache_size: 50
  cache_ttl_seconds: 77
  cache: {max_bytes: 1000000, store_truncated: true}
  deduplication: {enabled: false, linger: 3s, include_max_tokens_in_signature: true}
  auth: {enabled: true, keys: [{name: alice, key: a-key-of-alice-000}, {name: "null", key: a-key-of-nobody-00}],
         exempt_paths: [/health], allow_unauthenticated: true, allowed_hosts: [balancer.example]}
  host: 0.0.0.0
  port: 0
  log_level: ERROR
  log_color: false
  log_file_path: /var/log/x.json
  app_name: "yes"
  app_version: "1.0"
)yaml");
}

TEST_F(ConfigViewRoundTripTest, KeepsTheSwitchesOfConvertedProviders) {
  expect_round_trip_of_converted("llm.example.com",
                                 "vision: false, max_tools: 3, extras: [top_k], max_output_tokens: 9000, "
                                 "empty_tool_result: \"yes\", reasoning_levels: [low, high]");
  expect_round_trip_of_converted("openrouter.ai", "vision: true");
}

TEST_F(ConfigViewRoundTripTest, KeepsASwitchThatOverridesItsHostsPreset) {
  expect_round_trip_of_converted("openrouter.ai", "pdf: none");
}

TEST_F(ConfigViewRoundTripTest, ShowsWordsInConnectionErrorsAsTheFileHasThem) {
  expect_round_trip_of(std::string(kProvider) + std::string(kRoute) +
                       "settings: {unhealthy_exception_patterns: [\"connection reset (by peer).\"]}\n");
}

TEST_F(ConfigViewRoundTripTest, KeepsAProxysUserNameWithReservedCharacters) {
  expect_round_trip_of("providers: [{name: a, type: anthropic, base_url: https://a.example, auth_value: k, "
                       "proxy: \"http://us%40er%3A1:pass@proxy.example:3128\"}]\n" +
                       std::string(kRoute));
}

}  // namespace
}  // namespace balancer::controlplane
