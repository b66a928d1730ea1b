#include "controlplane/rpc/snapshot_encoding.hpp"

#include <gmock/gmock.h>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

Snapshot populated_snapshot() {
  Snapshot snapshot;
  snapshot.version = 7;
  snapshot.epoch = "e1";
  snapshot.load_time = std::chrono::system_clock::time_point(1'700'000'000s + 5ms);
  snapshot.providers = {{.name = "a",
                         .type = ProviderType::kOpenAi,
                         .base_url = "https://a.example/api",
                         .url = {},
                         .authentication = ProviderAuthentication::kBearer,
                         .credential = Secret("key"),
                         .enabled = true,
                         .proxy = Proxy{ProxyProtocol::kSocks5, "proxy.example", 1080, "user", Secret("password")},
                         .version_override = "2023-06-01",
                         .beta_add = {"x", "y"},
                         .beta_remove = {"z"},
                         .forward_client_identity = true,
                         .ca_file = "/etc/ca.pem",
                         .allow_link_local = true,
                         .count_tokens = false,
                         .max_in_flight = 4,
                         .signature_domain = "a.example",
                         .conversion = {}},
                        {}};
  snapshot.providers[0].conversion.max_stop = 2;
  snapshot.providers[1].name = "b";
  snapshot.providers[1].enabled = false;
  snapshot.providers[1].authentication = ProviderAuthentication::kPassthrough;
  snapshot.routing.providers = {{"a", true}, {"b", false}};
  snapshot.routing.routes = {{.pattern = "*sonnet*",
                              .targets = {{.provider = 1, .upstream_model = "m", .priority = 3, .enabled = false, .weight = 5},
                                          {.provider = 0, .upstream_model = "", .priority = -1, .enabled = true}},
                              .strategy = routing::SelectionStrategy::kWeighted}};
  snapshot.routing.strategy = routing::SelectionStrategy::kRandom;
  snapshot.client_authentication = {.enabled = true,
                                    .keys = {{.name = "team", .digest = sha256("secret")}},
                                    .exempt_paths = {"/open"},
                                    .allow_unauthenticated = true,
                                    .allowed_hosts = {"box.local"}};
  snapshot.timeouts = {1ms, 2ms, 3ms, 4ms, 5ms, 6ms, 7ms, 8ms};
  snapshot.cooldown = {.base = 90s, .limit = 600s};
  snapshot.unhealthy_signs = {.statuses = {418},
                              .exception_patterns = TextPatterns::compile({"ssl"}).value(),
                              .body_patterns = TextPatterns::compile({"rate.?limit", "busy"}).value()};
  snapshot.response_sharing = {.coalescing = true,
                               .caching = true,
                               .include_max_tokens = true,
                               .store_truncated = true,
                               .linger = 4s,
                               .join_timeout = 9s};
  snapshot.ping_interval = 15s;
  snapshot.attempt_limit = 3;
  snapshot.diagnostic_headers = true;
  snapshot.service_name = "name";
  snapshot.service_version = "1.2";
  return snapshot;
}

// Every field of the message is set, so that one which is added to the contract cannot be forgotten here.
void expect_complete(const google::protobuf::Message& message) {
  const google::protobuf::Descriptor& descriptor = *message.GetDescriptor();
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *descriptor.field(i);
    const bool present =
        field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
    EXPECT_TRUE(present) << field.full_name();
  }
}

TEST(SnapshotEncodingTest, FillsEveryFieldOfTheContract) {
  const v1::Snapshot message = encode(populated_snapshot());

  expect_complete(message);
  expect_complete(message.providers(0));
  expect_complete(message.providers(0).proxy());
  expect_complete(message.providers(0).conversion_switches(0));
  expect_complete(message.routes(0));
  expect_complete(message.client_authentication());
  expect_complete(message.client_authentication().keys(0));
  expect_complete(message.timeouts());
  expect_complete(message.unhealthy_signs());
}

TEST(SnapshotEncodingTest, CarriesTheSignsOfFailure) {
  const v1::UnhealthySigns message = encode(populated_snapshot()).unhealthy_signs();

  EXPECT_THAT(message.statuses(), ElementsAre(418));
  EXPECT_THAT(message.exception_patterns(), ElementsAre("ssl"));
  EXPECT_THAT(message.body_patterns(), ElementsAre("rate.?limit", "busy"));
}

TEST(SnapshotEncodingTest, CarriesProviders) {
  const v1::Snapshot message = encode(populated_snapshot());

  ASSERT_EQ(message.providers_size(), 2);
  const v1::Provider& provider = message.providers(0);
  EXPECT_EQ(provider.name(), "a");
  EXPECT_EQ(provider.type(), v1::PROVIDER_TYPE_OPENAI);
  EXPECT_EQ(provider.base_url(), "https://a.example/api");
  EXPECT_EQ(provider.authentication(), v1::PROVIDER_AUTHENTICATION_BEARER);
  EXPECT_EQ(provider.credential(), "key");
  EXPECT_EQ(provider.proxy().protocol(), v1::PROXY_PROTOCOL_SOCKS5);
  EXPECT_EQ(provider.proxy().port(), 1080u);
  EXPECT_EQ(provider.proxy().password(), "password");
  EXPECT_THAT(provider.beta_add(), ElementsAre("x", "y"));
  EXPECT_THAT(provider.beta_remove(), ElementsAre("z"));
  EXPECT_FALSE(message.providers(1).enabled());
  EXPECT_FALSE(message.providers(1).has_proxy());
  EXPECT_EQ(message.providers(1).authentication(), v1::PROVIDER_AUTHENTICATION_PASSTHROUGH);
}

TEST(SnapshotEncodingTest, CarriesOnlyTheSwitchesThatDifferFromTheDefaults) {
  Snapshot snapshot = populated_snapshot();
  ConversionSettings& conversion = snapshot.providers[0].conversion;
  conversion = {};
  conversion.extras = {"top_k", "chat_template_kwargs"};
  conversion.vision = Vision::kReplaceByText;

  const v1::Snapshot message = encode(snapshot);

  const v1::Provider& provider = message.providers(0);
  ASSERT_EQ(provider.conversion_switches_size(), 2);
  EXPECT_EQ(provider.conversion_switches(0).name(), "extras");
  EXPECT_THAT(provider.conversion_switches(0).values(), ElementsAre("top_k", "chat_template_kwargs"));
  EXPECT_EQ(provider.conversion_switches(1).name(), "vision");
  EXPECT_THAT(provider.conversion_switches(1).values(), ElementsAre("false"));
  EXPECT_EQ(message.providers(1).conversion_switches_size(), 0);
}

TEST(SnapshotEncodingTest, TokensAreCountedUnlessTheContractSaysOtherwise) {
  const v1::Snapshot message = encode(populated_snapshot());

  EXPECT_TRUE(message.providers(0).token_counting_disabled());
  EXPECT_FALSE(message.providers(1).token_counting_disabled());
}

TEST(SnapshotEncodingTest, CarriesRoutesByNameInOrder) {
  const v1::Snapshot message = encode(populated_snapshot());

  ASSERT_EQ(message.routes_size(), 1);
  EXPECT_EQ(message.routes(0).pattern(), "*sonnet*");
  ASSERT_EQ(message.routes(0).targets_size(), 2);
  EXPECT_EQ(message.routes(0).targets(0).provider(), "b");
  EXPECT_EQ(message.routes(0).targets(0).upstream_model(), "m");
  EXPECT_EQ(message.routes(0).targets(0).priority(), 3);
  EXPECT_FALSE(message.routes(0).targets(0).enabled());
  EXPECT_EQ(message.routes(0).targets(1).provider(), "a");
  EXPECT_EQ(message.routes(0).targets(1).priority(), -1);
  EXPECT_EQ(message.routes(0).targets(0).weight(), 5u);
  EXPECT_EQ(message.routes(0).selection_strategy(), v1::SELECTION_STRATEGY_WEIGHTED);
  EXPECT_EQ(message.selection_strategy(), v1::SELECTION_STRATEGY_RANDOM);
}

TEST(SnapshotEncodingTest, CarriesTimesExactly) {
  const v1::Snapshot message = encode(populated_snapshot());

  EXPECT_EQ(message.load_time().seconds(), 1'700'000'000);
  EXPECT_EQ(message.load_time().nanos(), 5'000'000);
  EXPECT_EQ(message.timeouts().connect().nanos(), 1'000'000);
  EXPECT_EQ(message.timeouts().content_idle().nanos(), 6'000'000);
  EXPECT_EQ(message.timeouts().stream_total().nanos(), 8'000'000);
  EXPECT_EQ(message.failure_cooldown().seconds(), 90);
  EXPECT_EQ(message.failure_cooldown_limit().seconds(), 600);
}

TEST(SnapshotEncodingTest, CarriesOnlyTheDigestsOfClientKeys) {
  const v1::Snapshot message = encode(populated_snapshot());

  const Sha256Digest digest = sha256("secret");
  EXPECT_EQ(message.client_authentication().keys(0).digest(), std::string(digest.begin(), digest.end()));
  EXPECT_EQ(message.SerializeAsString().find("secret"), std::string::npos);
}

TEST(SnapshotEncodingTest, CarriesTheRemainingCooldownOnlyWhileCooling) {
  ProviderStatus status{.provider = "a",
                        .state = ProviderStatus::State::kCooling,
                        .remaining_cooldown = 1500ms,
                        .failure_count = 4,
                        .last_failure_time = std::chrono::system_clock::time_point(9s),
                        .last_error = "HTTP 529",
                        .cooling_models = {{"m", 2500ms, "HTTP 429"}},
                        .in_flight_count = 3,
                        .latency = 840ms};
  const v1::ProviderStatus cooling = encode(status);
  expect_complete(cooling);
  expect_complete(cooling.cooling_models(0));
  EXPECT_EQ(cooling.remaining_cooldown().nanos(), 500'000'000);

  status.state = ProviderStatus::State::kHealthy;

  EXPECT_FALSE(encode(status).has_remaining_cooldown());
}

TEST(SnapshotEncodingTest, ReadsBackWhatAGatewayRemembersOfCooldowns) {
  const ProviderStatus status{.provider = "a",
                              .state = ProviderStatus::State::kCooling,
                              .remaining_cooldown = 1500ms,
                              .failure_count = 0,
                              .last_failure_time = std::nullopt,
                              .last_error = "HTTP 529",
                              .cooling_models = {{"m", 2500ms, "HTTP 429"}},
                              .in_flight_count = 0,
                              .latency = std::nullopt};

  EXPECT_EQ(decode(encode(status)), status);
}

TEST(SnapshotEncodingTest, BelievesNoGatewayThatRemembersACooldownOfMoreThanADay) {
  v1::ProviderStatus message;
  message.set_state(v1::PROVIDER_STATE_COOLING);
  message.mutable_remaining_cooldown()->set_seconds(1'000'000'000'000);
  message.add_cooling_models()->mutable_remaining_cooldown()->set_seconds(-5);

  const ProviderStatus status = decode(message);

  EXPECT_EQ(status.remaining_cooldown, 24h);
  EXPECT_EQ(status.cooling_models.at(0).remaining, 0ms);
}

}  // namespace
}  // namespace balancer::controlplane
