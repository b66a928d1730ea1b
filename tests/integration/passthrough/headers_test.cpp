// Which header fields cross, and how the request line is made (protocol.md 1.3, 1.4, 1.6, cases 4-6).
#include <vector>

#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HeadersTest : public OneProviderTest {
 protected:
  // What arrives when the client sends these.
  fakes::RecordedRequest arrives_with(const fakes::HeaderFields& headers, std::string_view target = "/v1/messages") {
    EXPECT_EQ(client_.post(target, small_request(), headers).status, 200);
    return provider_.requests().back();
  }
};

// Case 4.
TEST_F(HeadersTest, QueryAndBetasArriveInOrder) {
  const fakes::RecordedRequest request = arrives_with({{"anthropic-beta", "beta-one-2025-01-01"},
                                                       {"Anthropic-Beta", "two,unknown-beta, three"},
                                                       {"anthropic-beta", "four"}},
                                                      "/v1/messages?beta=true&x=%20y&&z");

  EXPECT_EQ(request.target, "/v1/messages?beta=true&x=%20y&&z");
  EXPECT_THAT(request.headers.values("anthropic-beta"),
              ElementsAre("beta-one-2025-01-01", "two,unknown-beta, three", "four"));
}

// Case 5.
TEST_F(HeadersTest, CredentialsAndHopByHopFieldsStayBehind) {
  const std::string own_origin = "http://127.0.0.1:" + std::to_string(gateway_.gateway().listening().port("http"));
  const fakes::RecordedRequest request = arrives_with({{"x-api-key", "CLIENT"},
                                                       {"Authorization", "Bearer CLIENT"},
                                                       {"api-key", "CLIENT"},
                                                       {"Cookie", "session=CLIENT"},
                                                       {"Proxy-Authorization", "Basic CLIENT"},
                                                       {"Origin", own_origin},
                                                       {"Connection", "x-foo, keep-alive"},
                                                       {"X-Foo", "1"},
                                                       {"Keep-Alive", "timeout=5"},
                                                       {"TE", "trailers"},
                                                       {"Accept-Encoding", "gzip, br"}});

  EXPECT_THAT(request.headers.values("x-api-key"), ElementsAre("key-of-the-provider"));
  EXPECT_THAT(request.headers.values("accept-encoding"), ElementsAre("identity"));
  EXPECT_EQ(request.raw.find("CLIENT"), std::string::npos) << request.raw;
  for (const char* name : {"authorization", "api-key", "cookie", "origin", "x-foo", "keep-alive", "te", "connection"}) {
    EXPECT_FALSE(request.headers.contains(name)) << name;
  }
}

TEST_F(HeadersTest, FieldsThatNameTheClientsMachineStayBehind) {
  const fakes::RecordedRequest request = arrives_with({{"Referer", "http://localhost/secret"},
                                                       {"Sec-Fetch-Mode", "cors"},
                                                       {"Forwarded", "for=secret"},
                                                       {"X-Forwarded-For", "secret"},
                                                       {"X-Real-IP", "secret"},
                                                       {"Via", "1.1 secret"},
                                                       {"CF-Connecting-IP", "secret"},
                                                       {"True-Client-IP", "secret"},
                                                       {"anthropic-dangerous-direct-browser-access", "true"},
                                                       {"openai-organization", "secret"}});

  EXPECT_EQ(request.raw.find("secret"), std::string::npos) << request.raw;
  EXPECT_FALSE(request.headers.contains("sec-fetch-mode"));
  EXPECT_FALSE(request.headers.contains("anthropic-dangerous-direct-browser-access"));
}

TEST_F(HeadersTest, EverythingElseArrivesAsSent) {
  const fakes::HeaderFields sent = {{"content-type", "application/json; charset=utf-8"},
                                    {"accept", "application/json"},
                                    {"user-agent", "claude-cli/2.1.0 (external, cli)"},
                                    {"x-app", "cli"},
                                    {"x-stainless-retry-count", "2"},
                                    {"x-claude-code-session-id", "5f0c"},
                                    {"anthropic-workspace-id", "wrkspc_1"},
                                    {"anthropic-future-header", "a  b"},
                                    {"idempotency-key", "k1"},
                                    {"x-my-own", "one"},
                                    {"X-My-Own", "two"}};
  const fakes::RecordedRequest request = arrives_with(sent);

  for (const auto& [name, value] : sent) {
    EXPECT_THAT(request.headers.values(name), testing::Contains(value)) << name;
  }
  EXPECT_THAT(request.headers.values("x-my-own"), ElementsAre("one", "two"));
  EXPECT_THAT(request.headers.values("host"), ElementsAre("127.0.0.1:" + std::to_string(provider_.port())));
}

// Case 6.
TEST_F(HeadersTest, TheVersionIsForwardedOrElseTheFirstOne) {
  EXPECT_THAT(arrives_with({}).headers.values("anthropic-version"), ElementsAre("2023-06-01"));
  EXPECT_THAT(arrives_with({{"anthropic-version", "2026-10-21"}}).headers.values("anthropic-version"),
              ElementsAre("2026-10-21"));
}

TEST_F(HeadersTest, AnswersKeepTheProvidersFieldsButForItsEdge) {
  provider_.enqueue(fakes::json_message("ok")
                        .header("anthropic-ratelimit-tokens-remaining", "99")
                        .header("anthropic-organization-id", "org")
                        .header("x-future", "1")
                        .header("Set-Cookie", "a=b")
                        .header("Server", "cloudflare")
                        .header("CF-Ray", "1")
                        .header("alt-svc", "h3")
                        .header("strict-transport-security", "max-age=1")
                        .header("Access-Control-Allow-Origin", "*")
                        .header("x-provider-used", "liar"));

  const fakes::HttpResponse response = client_.post("/v1/messages", small_request());

  EXPECT_EQ(response.headers.value("anthropic-ratelimit-tokens-remaining"), "99");
  EXPECT_EQ(response.headers.value("anthropic-organization-id"), "org");
  EXPECT_EQ(response.headers.value("x-future"), "1");
  EXPECT_THAT(response.headers.values("x-provider-used"), ElementsAre("first"));
  for (const char* name : {"set-cookie", "server", "cf-ray", "alt-svc", "strict-transport-security",
                           "access-control-allow-origin"}) {
    EXPECT_THAT(response.headers.values(name), IsEmpty()) << name;
  }
}

TEST_F(HeadersTest, AnswersSayWhichRequestAndProviderTheyAre) {
  const fakes::HttpResponse named = client_.post("/v1/messages", small_request());
  provider_.enqueue(fakes::ScriptedResponse().header("content-type", "application/json").send("{}"));
  const fakes::HttpResponse unnamed = client_.post("/v1/messages", small_request());
  provider_.enqueue(fakes::sse_stream({"a"}));
  const fakes::HttpResponse stream = client_.post("/v1/messages", small_stream_request());

  EXPECT_TRUE(is_named(named));
  EXPECT_EQ(named.headers.value("request-id"), "req_01Fake");
  EXPECT_TRUE(is_named(unnamed));
  EXPECT_TRUE(is_named(stream));
  for (const fakes::HttpResponse& response : {named, unnamed, stream}) {
    EXPECT_THAT(response.headers.values("x-provider-used"), ElementsAre("first"));
    EXPECT_THAT(response.headers.values("x-balancer-provider"), ElementsAre("first"));
    EXPECT_THAT(response.headers.values("x-balancer-upstream-model"), ElementsAre("claude-test"));
    EXPECT_THAT(response.headers.values("x-balancer-attempts"), ElementsAre("1"));
    EXPECT_TRUE(response.headers.contains("date"));
  }
}

// One request through a gateway whose only provider is configured with `entry_members` and a base URL that ends in
// `base_path`.
fakes::RecordedRequest arrives_at(const std::string& entry_members, const std::string& base_path,
                                  const fakes::HeaderFields& headers) {
  fakes::FakeProvider provider;
  provider.always(fakes::json_message("ok"));
  const Standalone gateway(ConfigText{{{"only", provider.base_url() + base_path, entry_members}}, "", ""}.yaml());
  EXPECT_EQ(gateway.client().post("/v1/messages?beta=true", small_request(), headers).status, 200);
  return provider.requests().back();
}

TEST(ProviderEntryTest, PassthroughForwardsTheClientsOwnCredentials) {
  const fakes::RecordedRequest request = arrives_at(
      "auth_value: passthrough", "", {{"authorization", "Bearer sk-ant-oat01"}, {"x-api-key", "mine"}, {"cookie", "c"}});

  EXPECT_THAT(request.headers.values("authorization"), ElementsAre("Bearer sk-ant-oat01"));
  EXPECT_THAT(request.headers.values("x-api-key"), ElementsAre("mine"));
  EXPECT_FALSE(request.headers.contains("cookie"));
}

TEST(ProviderEntryTest, AnAuthTokenIsABearerToken) {
  const fakes::RecordedRequest request =
      arrives_at("auth_type: auth_token, auth_value: token-of-the-provider", "", {{"x-api-key", "CLIENT"}});

  EXPECT_THAT(request.headers.values("authorization"), ElementsAre("Bearer token-of-the-provider"));
  EXPECT_FALSE(request.headers.contains("x-api-key"));
}

TEST(ProviderEntryTest, ABaseUrlMayHaveAPathWithOrWithoutVersion) {
  EXPECT_EQ(arrives_at("auth_value: k", "/api/anthropic", {}).target, "/api/anthropic/v1/messages?beta=true");
  EXPECT_EQ(arrives_at("auth_value: k", "/api/anthropic/", {}).target, "/api/anthropic/v1/messages?beta=true");
  EXPECT_EQ(arrives_at("auth_value: k", "/v1", {}).target, "/v1/messages?beta=true");
  EXPECT_EQ(arrives_at("auth_value: k", "/api/v1/", {}).target, "/api/v1/messages?beta=true");
}

TEST(ProviderEntryTest, VersionBetasAndIdentityCanBeSetPerProvider) {
  const fakes::RecordedRequest request =
      arrives_at("auth_value: k, version_override: \"2023-06-01\", beta_remove: [two], beta_add: [extra], "
                 "forward_client_identity: false",
                 "",
                 {{"anthropic-version", "2026-10-21"},
                  {"anthropic-beta", "one, two,three"},
                  {"anthropic-beta", "two"},
                  {"x-claude-code-session-id", "5f0c"}});

  EXPECT_THAT(request.headers.values("anthropic-version"), ElementsAre("2023-06-01"));
  EXPECT_THAT(request.headers.values("anthropic-beta"), ElementsAre("one,three", "extra"));
  EXPECT_FALSE(request.headers.contains("x-claude-code-session-id"));
}

TEST(ProviderEntryTest, DiagnosticsCanBeSwitchedOff) {
  fakes::FakeProvider provider;
  provider.always(fakes::json_message("ok"));
  const Standalone gateway(ConfigText{{entry("only", provider)}, "diagnostic_headers: false", ""}.yaml());

  const fakes::HttpResponse response = gateway.client().post("/v1/messages", small_request());

  EXPECT_TRUE(is_named(response));
  for (const auto& [name, value] : response.headers) EXPECT_FALSE(name.starts_with("x-balancer-")) << name;
}

}  // namespace
}  // namespace balancer::integration
