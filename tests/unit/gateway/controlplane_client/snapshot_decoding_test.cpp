#include "gateway/controlplane_client/snapshot_decoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/gateway/controlplane_client/fake_controlplane.hpp"

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
  message.mutable_routes(0)->mutable_targets(1)->set_upstream_model("other");
  message.mutable_timeouts()->mutable_connect()->set_nanos(250'000'000);
  message.mutable_client_authentication()->set_enabled(true);
  v1::ClientKey& key = *message.mutable_client_authentication()->add_keys();
  key.set_name("team");
  key.set_digest(std::string(32, '\x05'));

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
            (routing::RouteTarget{.provider = 1, .upstream_model = "other", .priority = 2, .enabled = true}));
  EXPECT_EQ(snapshot->timeouts.connect, 250ms);
  EXPECT_EQ(snapshot->timeouts.idle, Timeouts{}.idle);
  EXPECT_EQ(snapshot->failure_cooldown, 180s);
  EXPECT_EQ(snapshot->client_authentication.keys.at(0).digest[31], 5);
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
      {"digest of 3 bytes",
       [](auto& s) {
         auto& key = *s.mutable_client_authentication()->add_keys();
         key.set_name("team");
         key.set_digest("abc");
       }},
      {"idle", [](auto& s) { s.mutable_timeouts()->mutable_idle()->set_seconds(-1); }},
      {"attempt_limit", [](auto& s) { s.set_attempt_limit(0); }},
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

TEST(SnapshotDecodingTest, CountsCooldownsFromNowAndLeavesUnknownStatesOut) {
  const std::chrono::steady_clock::time_point now{1'000h};
  google::protobuf::RepeatedPtrField<v1::ProviderStatus> messages;
  for (const int state : {1, 2, 3, 99}) {
    v1::ProviderStatus& status = *messages.Add();
    status.set_provider("p" + std::to_string(state));
    status.set_state(static_cast<v1::ProviderState>(state));
    status.mutable_remaining_cooldown()->set_seconds(5);
  }

  const ProviderStatuses statuses = decode_statuses(messages, ProviderStatuses::Scope::kChangedProviders, now);

  EXPECT_EQ(statuses.statuses, (std::vector<HeardStatus>{{"p1", {}}, {"p2", now + 5s}, {"p3", {}}}));
}

}  // namespace
}  // namespace balancer::gateway
