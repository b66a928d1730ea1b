#include "gateway/controlplane_client/snapshot_decoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"
#include "common/snapshot/routing_digest.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(SnapshotDecodingTest, KeepsEveryFieldOfAValidSnapshot) {
  v1::Snapshot message = valid_snapshot(7);
  v1::Provider& provider = *message.mutable_providers(0);
  provider.set_base_url("http://[::1]:8080/prefix");
  provider.set_authentication(v1::PROVIDER_AUTHENTICATION_BEARER);
  provider.mutable_proxy()->set_protocol(v1::PROXY_PROTOCOL_SOCKS5);
  provider.mutable_proxy()->set_host("proxy");
  provider.mutable_proxy()->set_port(1080);
  provider.add_beta_add("x-1");
  provider.set_max_in_flight(3);
  provider.set_signature_domain("shared");
  provider.set_allow_link_local(true);
  message.mutable_routes(0)->mutable_targets(1)->set_upstream_model("other");
  message.mutable_routes(0)->mutable_targets(1)->set_weight(5);
  message.mutable_routes(0)->set_selection_strategy(v1::SELECTION_STRATEGY_WEIGHTED);
  message.set_when_all_cooling(v1::ALL_COOLING_POLICY_FAIL_FAST);
  message.mutable_failure_cooldown_limit()->set_seconds(900);
  message.mutable_timeouts()->mutable_connect()->set_nanos(250'000'000);
  message.mutable_client_authentication()->set_enabled(true);
  v1::ClientKey& key = *message.mutable_client_authentication()->add_keys();
  key.set_name("team");
  key.set_digest(std::string(32, '\x05'));
  v1::ResponseSharing& sharing = *message.mutable_response_sharing();
  sharing.set_caching(true);
  sharing.set_include_max_tokens(true);
  sharing.mutable_linger()->set_seconds(0);
  sharing.mutable_join_timeout()->set_seconds(7);

  const Result<Snapshot> snapshot = decode_snapshot(message);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->version, 7U);
  EXPECT_EQ(snapshot->epoch, "first");
  const Provider& first = snapshot->providers.at(0);
  EXPECT_EQ(first.url, (ProviderUrl{.tls = false, .host = "::1", .port = 8080, .path_prefix = "/prefix"}));
  EXPECT_EQ(first.authentication, ProviderAuthentication::kBearer);
  EXPECT_EQ(first.credential.reveal(), "sk-a");
  ASSERT_TRUE(first.proxy);
  EXPECT_EQ(first.proxy->port, 1080);
  EXPECT_THAT(first.beta_add, testing::ElementsAre("x-1"));
  EXPECT_EQ(snapshot->routing.providers, (std::vector<routing::RoutedProvider>{{"a", true}, {"b", true}}));
  EXPECT_EQ(snapshot->routing.routes.at(0).targets.at(1),
            (routing::RouteTarget{.provider = 1, .upstream_model = "other", .priority = 2, .enabled = true, .weight = 5}));
  EXPECT_EQ(snapshot->routing.routes.at(0).strategy, routing::SelectionStrategy::kWeighted);
  EXPECT_EQ(snapshot->routing.when_all_cooling, routing::AllCooling::kFailFast);
  EXPECT_EQ(first.max_in_flight, 3u);
  EXPECT_EQ(first.signature_domain, "shared");
  EXPECT_TRUE(first.allow_link_local);
  EXPECT_FALSE(snapshot->providers.at(1).allow_link_local) << "unless it is said";
  EXPECT_EQ(snapshot->timeouts.connect, 250ms);
  EXPECT_EQ(snapshot->timeouts.idle, Timeouts{}.idle);
  EXPECT_EQ(snapshot->cooldown, (routing::CooldownSettings{.base = 180s, .limit = 900s}));
  EXPECT_EQ(snapshot->client_authentication.keys.at(0).digest[31], 5);
  ResponseSharing expected;
  expected.coalescing = false;
  expected.caching = true;
  expected.include_max_tokens = true;
  expected.linger = 0ms;
  expected.join_timeout = 7s;
  EXPECT_EQ(snapshot->response_sharing, expected);
  EXPECT_EQ(snapshot->routing_digest, routing_digest(*snapshot));
}

void add_switch(v1::Provider& provider, const std::string& name, const std::vector<std::string>& values) {
  v1::ConversionSwitch& added = *provider.add_conversion_switches();
  added.set_name(name);
  added.mutable_values()->Assign(values.begin(), values.end());
}

TEST(SnapshotDecodingTest, KeepsTheConversionSwitches) {
  v1::Snapshot message = valid_snapshot(1);
  v1::Provider& provider = *message.mutable_providers(0);
  provider.set_type(v1::PROVIDER_TYPE_OPENAI);
  add_switch(provider, "max_output_tokens", {"8192"});
  add_switch(provider, "extras", {"top_k", "chat_template_kwargs"});
  add_switch(provider, "null_content", {"omit"});
  add_switch(provider, "stream_usage", {"false"});
  provider.set_token_counting_disabled(true);

  const Result<Snapshot> snapshot = decode_snapshot(message);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  ConversionSettings expected;
  expected.max_output_tokens = 8192;
  expected.extras = {"top_k", "chat_template_kwargs"};
  expected.null_content = NullContent::kOmit;
  expected.stream_usage = false;
  EXPECT_EQ(snapshot->providers.at(0).conversion, expected);
  EXPECT_FALSE(snapshot->providers.at(0).count_tokens);
}

TEST(SnapshotDecodingTest, AControlPlaneThatKnowsNoSwitchesMeansTheDefaults) {
  v1::Snapshot message = valid_snapshot(1);
  message.mutable_providers(0)->clear_conversion_switches();
  message.mutable_providers(0)->clear_token_counting_disabled();

  const Result<Snapshot> snapshot = decode_snapshot(message);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->providers.at(0).conversion, ConversionSettings());
  EXPECT_TRUE(snapshot->providers.at(0).count_tokens);
}

TEST(SnapshotDecodingTest, KeepsTheSignsOfFailure) {
  v1::Snapshot message = valid_snapshot(1);
  message.mutable_unhealthy_signs()->add_statuses(418);
  message.mutable_unhealthy_signs()->add_exception_patterns("ssl");
  message.mutable_unhealthy_signs()->add_body_patterns("rate.?limit");

  const Result<Snapshot> snapshot = decode_snapshot(message);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  const UnhealthySigns expected{.statuses = {418},
                                .exception_patterns = TextPatterns::compile({"ssl"}).value(),
                                .body_patterns = TextPatterns::compile({"rate.?limit"}).value()};
  EXPECT_TRUE(snapshot->unhealthy_signs == expected);
}

TEST(SnapshotDecodingTest, AControlPlaneThatKnowsNoHealthSettingsMeansTheDefaults) {
  v1::Snapshot message = valid_snapshot(1);
  message.clear_failure_cooldown();

  const Result<Snapshot> snapshot = decode_snapshot(message);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->cooldown, routing::CooldownSettings());
  EXPECT_EQ(snapshot->response_sharing, ResponseSharing());
  EXPECT_EQ(snapshot->routing.when_all_cooling, routing::AllCooling::kSoonest);
  EXPECT_EQ(snapshot->routing.routes.at(0).strategy, std::nullopt);
  EXPECT_EQ(snapshot->routing.routes.at(0).targets.at(0).weight, 1u);
  EXPECT_EQ(snapshot->providers.at(0).max_in_flight, 0u);
  EXPECT_EQ(snapshot->providers.at(0).signature_domain, "a") << "one of its own";
}

struct BadSnapshot {
  const char* reason;
  std::function<void(v1::Snapshot&)> spoil;
};

TEST(SnapshotDecodingTest, RefusesWhatItCannotTrustAndSaysWhy) {
  const BadSnapshot cases[] = {
      {"no providers", [](auto& s) { s.clear_providers(); }},
      {"no name", [](auto& s) { s.mutable_providers(0)->clear_name(); }},
      {"two providers are named b", [](auto& s) { s.mutable_providers(0)->set_name("b"); }},
      {"unknown type", [](auto& s) { s.mutable_providers(0)->set_type(static_cast<v1::ProviderType>(77)); }},
      {"unknown type", [](auto& s) { s.mutable_providers(0)->clear_type(); }},
      {"authentication", [](auto& s) { s.mutable_providers(0)->clear_authentication(); }},
      {"no base_url", [](auto& s) { s.mutable_providers(0)->clear_base_url(); }},
      {"provider a", [](auto& s) { s.mutable_providers(0)->set_base_url("ftp://x"); }},
      {"control character", [](auto& s) { s.mutable_providers(0)->set_credential("k\r\nevil: 1"); }},
      {"proxy protocol", [](auto& s) { s.mutable_providers(0)->mutable_proxy()->set_host("p"); }},
      {"provider a: unknown conversion switch telepathy",
       [](auto& s) { add_switch(*s.mutable_providers(0), "telepathy", {"true"}); }},
      {"provider a: impossible value of conversion switch vision",
       [](auto& s) { add_switch(*s.mutable_providers(0), "vision", {"blurred"}); }},
      {"provider a: impossible value of conversion switch max_stop",
       [](auto& s) { add_switch(*s.mutable_providers(0), "max_stop", {}); }},
      {"there is no provider ghost", [](auto& s) { s.mutable_routes(0)->mutable_targets(0)->set_provider("ghost"); }},
      {"no pattern", [](auto& s) { s.mutable_routes(0)->clear_pattern(); }},
      {"has no provider", [](auto& s) { s.mutable_routes(0)->clear_targets(); }},
      {"strategy", [](auto& s) { s.set_selection_strategy(static_cast<v1::SelectionStrategy>(9)); }},
      {"route *: unknown selection strategy",
       [](auto& s) { s.mutable_routes(0)->set_selection_strategy(static_cast<v1::SelectionStrategy>(9)); }},
      {"when all providers cool", [](auto& s) { s.set_when_all_cooling(static_cast<v1::AllCoolingPolicy>(9)); }},
      {"failure_cooldown_limit", [](auto& s) { s.mutable_failure_cooldown_limit()->set_seconds(-1); }},
      {"digest of 3 bytes",
       [](auto& s) {
         auto& key = *s.mutable_client_authentication()->add_keys();
         key.set_name("team");
         key.set_digest("abc");
       }},
      {"idle", [](auto& s) { s.mutable_timeouts()->mutable_idle()->set_seconds(-1); }},
      {"attempt_limit", [](auto& s) { s.set_attempt_limit(0); }},
      {"unhealthy_signs.body_patterns: missing )",
       [](auto& s) { s.mutable_unhealthy_signs()->add_body_patterns("a("); }},
      {"unhealthy_signs.exception_patterns: ",
       [](auto& s) { s.mutable_unhealthy_signs()->add_exception_patterns("(?=x)"); }},
  };
  for (const BadSnapshot& bad : cases) {
    v1::Snapshot message = valid_snapshot(1);
    bad.spoil(message);

    const Result<Snapshot> snapshot = decode_snapshot(message);

    ASSERT_FALSE(snapshot) << bad.reason;
    EXPECT_THAT(snapshot.error().message, HasSubstr(bad.reason));
    EXPECT_THAT(snapshot.error().message, testing::Not(HasSubstr("evil")));
  }
}

TEST(SnapshotDecodingTest, NoTimeIsLongerThanAYearWhateverIsWritten) {
  v1::Snapshot message = valid_snapshot(1);
  message.mutable_ping_interval()->set_seconds(std::numeric_limits<std::int64_t>::max());
  message.mutable_ping_interval()->set_nanos(std::numeric_limits<std::int32_t>::max());

  const Result<Snapshot> snapshot = decode_snapshot(message);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->ping_interval, 365 * 24h);
}

TEST(SnapshotDecodingTest, CountsCooldownsFromNowAndLeavesUnknownStatesOut) {
  const std::chrono::steady_clock::time_point now{1'000h};
  google::protobuf::RepeatedPtrField<v1::ProviderStatus> messages;
  for (const int state : {1, 2, 3, 99}) {
    v1::ProviderStatus& status = *messages.Add();
    status.set_provider("p" + std::to_string(state));
    status.set_state(static_cast<v1::ProviderState>(state));
    status.mutable_remaining_cooldown()->set_seconds(5);
    status.set_last_error("HTTP 529");
    v1::ModelCooldown& model = *status.add_cooling_models();
    model.set_upstream_model("m");
    model.mutable_remaining_cooldown()->set_seconds(7);
  }

  const ProviderStatuses statuses = decode_statuses(messages, ProviderStatuses::Scope::kChangedProviders, now);

  const std::vector<HeardModelCooldown> models = {{"m", now + 7s}};
  EXPECT_EQ(statuses.statuses, (std::vector<HeardStatus>{{"p1", {}, models, "HTTP 529"},
                                                         {"p2", now + 5s, models, "HTTP 529"},
                                                         {"p3", {}, models, "HTTP 529"}}));
}

TEST(SnapshotDecodingTest, TellsANewControlPlaneWhatIsLeftOfTheCooldowns) {
  const std::chrono::steady_clock::time_point now{1'000h};
  v1::ProviderStatus message;

  encode_status({"a", now + 5s, {{"m", now + 7s}, {"over", now - 1s}}, "HTTP 529"}, now, message);

  EXPECT_EQ(message.provider(), "a");
  EXPECT_EQ(message.state(), v1::PROVIDER_STATE_COOLING);
  EXPECT_EQ(message.remaining_cooldown().seconds(), 5);
  EXPECT_EQ(message.last_error(), "HTTP 529");
  ASSERT_EQ(message.cooling_models_size(), 2);
  EXPECT_EQ(message.cooling_models(0).upstream_model(), "m");
  EXPECT_EQ(message.cooling_models(0).remaining_cooldown().seconds(), 7);
  EXPECT_EQ(message.cooling_models(1).remaining_cooldown().seconds(), 0);
}

TEST(SnapshotDecodingTest, AProviderOfWhichOnlyModelsCoolIsNotCooling) {
  const std::chrono::steady_clock::time_point now{1'000h};
  v1::ProviderStatus message;

  encode_status({"a", std::nullopt, {{"m", now + 7s}}, ""}, now, message);

  EXPECT_EQ(message.state(), v1::PROVIDER_STATE_HEALTHY);
  EXPECT_FALSE(message.has_remaining_cooldown());
}

}  // namespace
}  // namespace balancer::gateway
