#include "gateway/upstream/upstream_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/snapshot/provider_url.hpp"

namespace balancer::gateway {
namespace {

using http::HeaderField;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

class UpstreamRequestTest : public testing::Test {
 protected:
  UpstreamRequestTest() {
    provider_.url = parse_provider_url("https://api.example.com").value();
    provider_.credential = Secret("PROVIDER-KEY");
  }

  std::string head(const std::vector<HeaderField>& fields) {
    return passthrough_head({.client_fields = fields,
                             .path = "/v1/messages",
                             .query = query_,
                             .body_size = 17,
                             .traceparent = traceparent_,
                             .via = via_},
                            provider_);
  }

  std::vector<std::string> lines(const std::vector<HeaderField>& fields) {
    const std::string text = head(fields);
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
    std::vector<std::string> result;
    for (std::size_t begin = 0; begin + 2 < text.size();) {
      const std::size_t end = text.find("\r\n", begin);
      result.push_back(text.substr(begin, end - begin));
      begin = end + 2;
    }
    return result;
  }

  std::string request_line() { return lines({}).front(); }

  // The values of every field of that name in the head made from `fields`.
  std::vector<std::string> sent(std::string_view name, const std::vector<HeaderField>& fields) {
    std::vector<std::string> values;
    for (const std::string& line : lines(fields)) {
      const std::size_t colon = line.find(": ");
      if (colon != std::string::npos && ascii_iequal(std::string_view(line).substr(0, colon), name)) {
        values.push_back(line.substr(colon + 2));
      }
    }
    return values;
  }

  // What becomes of a single field.
  std::vector<std::string> forwarded(std::string_view name, std::string_view value = "v") {
    return sent(name, {{name, value}});
  }

  Provider provider_;
  std::string query_;
  // The gateway's own.
  std::string traceparent_;
  // The gateway's name.
  std::string via_;
};

TEST_F(UpstreamRequestTest, HeadOfAnEmptyRequestIsComplete) {
  EXPECT_EQ(head({}),
            "POST /v1/messages HTTP/1.1\r\nhost: api.example.com\r\nanthropic-version: 2023-06-01\r\n"
            "x-api-key: PROVIDER-KEY\r\naccept-encoding: identity\r\ncontent-length: 17\r\n\r\n");
}

TEST_F(UpstreamRequestTest, PathStandsBehindThePrefixAndVersionIsNotDoubled) {
  provider_.url.path_prefix = "/api";
  EXPECT_EQ(request_line(), "POST /api/v1/messages HTTP/1.1");

  provider_.url.path_prefix = "/api/v1";
  EXPECT_EQ(request_line(), "POST /api/v1/messages HTTP/1.1");

  provider_.url.path_prefix = "/apiv1";
  EXPECT_EQ(request_line(), "POST /apiv1/v1/messages HTTP/1.1");
}

TEST_F(UpstreamRequestTest, QueryIsForwardedUnchanged) {
  query_ = "beta=true&x=%2F+";

  EXPECT_EQ(request_line(), "POST /v1/messages?beta=true&x=%2F+ HTTP/1.1");
}

TEST_F(UpstreamRequestTest, HostNamesThePortUnlessItIsTheSchemesOwn) {
  provider_.url = parse_provider_url("http://[::1]:8080/x").value();

  EXPECT_THAT(sent("host", {{"host", "gateway:9090"}}), ElementsAre("[::1]:8080"));
}

TEST_F(UpstreamRequestTest, FieldsOfOneHopAreDropped) {
  for (const char* name : {"Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
                           "Transfer-Encoding", "Upgrade", "Expect", "HTTP2-Settings"}) {
    EXPECT_THAT(forwarded(name), IsEmpty()) << name;
  }
  EXPECT_THAT(sent("content-length", {{"Content-Length", "99"}}), ElementsAre("17"));
}

TEST_F(UpstreamRequestTest, FieldsThatConnectionNamesAreDropped) {
  const std::vector<HeaderField> fields = {{"Connection", "close, X-Foo ,,x-bar"}, {"x-foo", "1"}, {"X-Bar", "2"},
                                           {"connection", "x-baz"}, {"x-baz", "3"}, {"x-kept", "4"}};

  EXPECT_THAT(sent("x-foo", fields), IsEmpty());
  EXPECT_THAT(sent("x-bar", fields), IsEmpty());
  EXPECT_THAT(sent("x-baz", fields), IsEmpty());
  EXPECT_THAT(sent("x-kept", fields), ElementsAre("4"));
}

TEST_F(UpstreamRequestTest, IdentityIsAskedFor) {
  EXPECT_THAT(forwarded("Accept-Encoding", "gzip, br"), ElementsAre("identity"));
}

TEST_F(UpstreamRequestTest, ClientCredentialsAreReplacedByTheProviders) {
  const std::vector<HeaderField> fields = {{"X-Api-Key", "CLIENT"}, {"Authorization", "Bearer CLIENT"},
                                           {"api-key", "CLIENT"}, {"Cookie", "CLIENT"},
                                           {"Proxy-Authorization", "CLIENT"}};

  EXPECT_THAT(sent("x-api-key", fields), ElementsAre("PROVIDER-KEY"));
  EXPECT_EQ(head(fields).find("CLIENT"), std::string::npos);
}

TEST_F(UpstreamRequestTest, BearerProvidersGetTheirKeyAsABearer) {
  provider_.authentication = ProviderAuthentication::kBearer;

  EXPECT_THAT(forwarded("authorization", "Bearer CLIENT"), ElementsAre("Bearer PROVIDER-KEY"));
  EXPECT_THAT(forwarded("x-api-key", "CLIENT"), IsEmpty());
}

TEST_F(UpstreamRequestTest, PassthroughForwardsExactlyWhatTheClientSent) {
  provider_.authentication = ProviderAuthentication::kPassthrough;

  EXPECT_THAT(forwarded("authorization", "Bearer CLIENT"), ElementsAre("Bearer CLIENT"));
  EXPECT_THAT(forwarded("x-api-key", "CLIENT"), ElementsAre("CLIENT"));
  EXPECT_EQ(head({}).find("PROVIDER-KEY"), std::string::npos);
  EXPECT_THAT(forwarded("cookie"), IsEmpty());
}

TEST_F(UpstreamRequestTest, PassthroughKeepsTheGatewaysOwnKeyBack) {
  provider_.authentication = ProviderAuthentication::kPassthrough;
  const std::vector<HeaderField> fields{{"X-Api-Key", "GATEWAY-KEY"}, {"Authorization", "Bearer CLIENT"}};

  const std::string sent =
      passthrough_head({.client_fields = fields, .path = "/v1/messages", .query = {}, .withheld = "x-api-key"}, provider_);

  EXPECT_EQ(sent.find("GATEWAY-KEY"), std::string::npos);
  EXPECT_NE(sent.find("Authorization: Bearer CLIENT"), std::string::npos);
}

TEST_F(UpstreamRequestTest, ProviderWithoutAKeyGetsNone) {
  provider_.credential = Secret();

  EXPECT_THAT(forwarded("x-api-key", "CLIENT"), IsEmpty());
}

TEST_F(UpstreamRequestTest, WhatNamesTheBrowserOrTheClientsMachineIsDropped) {
  for (const char* name :
       {"Origin", "Referer", "Sec-Fetch-Mode", "sec-ch-ua", "Access-Control-Request-Method", "access-control-x",
        "Anthropic-Dangerous-Direct-Browser-Access", "Forwarded", "X-Forwarded-For", "x-forwarded-proto", "X-Real-IP",
        "Via", "CF-Connecting-IP", "cf-ray", "True-Client-IP"}) {
    EXPECT_THAT(forwarded(name), IsEmpty()) << name;
  }
}

TEST_F(UpstreamRequestTest, FieldsOfTheOtherDialectAreDropped) {
  for (const char* name : {"openai-organization", "openai-project", "OpenAI-Beta", "x-client-request-id"}) {
    EXPECT_THAT(forwarded(name), IsEmpty()) << name;
  }
}

TEST_F(UpstreamRequestTest, EverythingElseIsForwardedAsItCame) {
  for (const char* name :
       {"content-type", "Accept", "User-Agent", "x-app", "X-Stainless-Retry-Count", "x-stainless-lang", "idempotency-key",
        "anthropic-workspace-id", "Anthropic-User-Profile-Id", "anthropic-future", "x-claude-code-session-id",
        "X-My-Routing-Hint", "security", "viaduct"}) {
    EXPECT_THAT(lines({{name, "a; b=\"c\""}}), Contains(std::string(name) + ": a; b=\"c\"")) << name;
  }
}

TEST_F(UpstreamRequestTest, OrderOfForwardedFieldsIsKept) {
  EXPECT_THAT(lines({{"B", "1"}, {"A", "2"}, {"C", "3"}, {"anthropic-version", "2026-10-21"}}),
              ElementsAre("POST /v1/messages HTTP/1.1", "host: api.example.com", "B: 1", "A: 2", "C: 3",
                          "anthropic-version: 2026-10-21", "x-api-key: PROVIDER-KEY", "accept-encoding: identity",
                          "content-length: 17"));
}

TEST_F(UpstreamRequestTest, VersionIsTheClientsOrTheDefaultOrTheProvidersOwn) {
  EXPECT_THAT(forwarded("anthropic-version", "2026-10-21"), ElementsAre("2026-10-21"));
  EXPECT_THAT(sent("anthropic-version", {}), ElementsAre("2023-06-01"));

  provider_.version_override = "2023-01-01";
  EXPECT_THAT(forwarded("anthropic-version", "2026-10-21"), ElementsAre("2023-01-01"));
  EXPECT_THAT(sent("anthropic-version", {}), ElementsAre("2023-01-01"));
}

TEST_F(UpstreamRequestTest, VersionIsSentOnce) {
  EXPECT_THAT(sent("anthropic-version", {{"anthropic-version", "2026-10-21"}, {"Anthropic-Version", "2023-06-01"}}),
              ElementsAre("2026-10-21"));
}

TEST_F(UpstreamRequestTest, BetasPassVerbatimInOrder) {
  EXPECT_THAT(sent("anthropic-beta", {{"anthropic-beta", "a-1,  future-9 ,b"}, {"x", "y"}, {"Anthropic-Beta", "c"}}),
              ElementsAre("a-1,  future-9 ,b", "c"));
}

TEST_F(UpstreamRequestTest, ProviderMayAddAndRemoveBetas) {
  provider_.beta_remove = {"b", "c"};
  provider_.beta_add = {"own-1"};

  EXPECT_THAT(sent("anthropic-beta", {{"anthropic-beta", "a, b,d"}, {"anthropic-beta", "c"}, {"anthropic-beta", "bb"}}),
              ElementsAre("a,d", "bb", "own-1"));
}

TEST_F(UpstreamRequestTest, IdentityOfTheClientCanBeWithheld) {
  provider_.forward_client_identity = false;

  EXPECT_THAT(forwarded("X-Claude-Code-Session-Id"), IsEmpty());
  EXPECT_THAT(forwarded("x-app"), ElementsAre("v"));
}

TEST_F(UpstreamRequestTest, TheClientsTraceIsForwardedUnlessTheGatewayHasItsOwn) {
  EXPECT_THAT(lines({{"Traceparent", "client"}, {"tracestate", "s=1"}}),
              IsSupersetOf({"Traceparent: client", "tracestate: s=1"}));
  EXPECT_THAT(sent("traceparent", {}), IsEmpty());
}

TEST_F(UpstreamRequestTest, TheGatewaysTraceGoesOnceInPlaceOfTheClients) {
  traceparent_ = "own";

  EXPECT_THAT(sent("traceparent", {}), ElementsAre("own"));
  EXPECT_THAT(sent("traceparent", {{"traceparent", "client"}}), ElementsAre("own"));
  EXPECT_THAT(sent("traceparent", {{"TraceParent", "client"}, {"x", "y"}, {"traceparent", "again"}}), ElementsAre("own"));
  EXPECT_THAT(sent("traceparent", {{"connection", "traceparent"}, {"traceparent", "client"}}), ElementsAre("own"));
}

TEST_F(UpstreamRequestTest, WhatElseTheClientSaysOfItsTraceStays) {
  traceparent_ = "own";
  const std::vector<HeaderField> fields = {{"traceparent", "client"}, {"tracestate", "a=1"}, {"baggage", "b=2"},
                                           {"x-traceparent", "other"}};

  EXPECT_THAT(lines(fields), IsSupersetOf({"tracestate: a=1", "baggage: b=2", "x-traceparent: other"}));
}

// Whoever is a gateway itself knows by it that a request goes in a circle.
TEST_F(UpstreamRequestTest, TheGatewaysNameStandsBehindThoseOfTheGatewaysBeforeIt) {
  via_ = "me";

  EXPECT_THAT(sent("x-balancer-via", {}), ElementsAre("me"));
  EXPECT_THAT(sent("x-balancer-via", {{"x-balancer-via", "first, second"}, {"x", "y"}, {"X-Balancer-Via", "third"}}),
              ElementsAre("first, second", "third", "me"));
  EXPECT_THAT(sent("via", {{"via", "1.1 proxy-of-the-client"}}), IsEmpty());

  via_.clear();
  EXPECT_THAT(sent("x-balancer-via", {}), IsEmpty());
}

class ChatCompletionsHeadTest : public testing::Test {
 protected:
  // The request line and the fields, in order.
  static std::vector<std::string> head_for(std::string_view url, ProviderAuthentication authentication,
                                           const std::vector<HeaderField>& fields = {},
                                           std::string_view traceparent = {}, std::string_view via = {}) {
    Provider provider;
    provider.url = parse_provider_url(url).value();
    provider.credential = Secret("PROVIDER-KEY");
    provider.authentication = authentication;
    const std::string text = chat_completions_head(
        {.client_fields = fields, .stream = true, .body_size = 17, .traceparent = traceparent, .via = via}, provider);
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin + 2 < text.size();) {
      const std::size_t line_end = text.find("\r\n", begin);
      lines.push_back(text.substr(begin, line_end - begin));
      begin = line_end + 2;
    }
    return lines;
  }
};

TEST_F(ChatCompletionsHeadTest, StandsBehindTheBaseUrlAsOpenAisSdksPutIt) {
  const auto path = [](std::string_view url) { return head_for(url, ProviderAuthentication::kBearer).front(); };

  EXPECT_EQ(path("https://openrouter.ai/api/v1"), "POST /api/v1/chat/completions HTTP/1.1");
  EXPECT_EQ(path("https://x.openai.azure.com/openai/v1"), "POST /openai/v1/chat/completions HTTP/1.1");
  EXPECT_EQ(path("http://127.0.0.1:11434"), "POST /v1/chat/completions HTTP/1.1");
}

TEST_F(ChatCompletionsHeadTest, SaysOnlyWhatTheProviderNeeds) {
  const auto lines = head_for("https://api.example.com/v1", ProviderAuthentication::kBearer,
                              {{"x-api-key", "CLIENT"}, {"anthropic-beta", "b"}, {"cookie", "c"}, {"traceparent", "t"}});

  EXPECT_THAT(lines, ElementsAre("POST /v1/chat/completions HTTP/1.1", "host: api.example.com",
                                 "user-agent: provider-balancer/" BALANCER_VERSION, "content-type: application/json",
                                 "accept: text/event-stream", "traceparent: t", "authorization: Bearer PROVIDER-KEY",
                                 "accept-encoding: identity", "content-length: 17"));
}

TEST_F(ChatCompletionsHeadTest, TheGatewaysNameStandsBehindThoseOfTheGatewaysBeforeIt) {
  const auto lines =
      head_for("https://api.example.com/v1", ProviderAuthentication::kBearer, {{"X-Balancer-Via", "first"}}, {}, "me");

  EXPECT_THAT(lines, testing::IsSupersetOf({"X-Balancer-Via: first", "x-balancer-via: me"}));
}

TEST_F(ChatCompletionsHeadTest, ForwardsTheClientsOwnCredentialsWhenThatIsWanted) {
  const auto lines = head_for("https://api.example.com/v1", ProviderAuthentication::kPassthrough,
                              {{"Authorization", "Bearer CLIENT"}, {"connection", "traceparent"}, {"traceparent", "t"}});

  EXPECT_THAT(lines, Contains("Authorization: Bearer CLIENT"));
  EXPECT_THAT(lines, testing::Not(Contains("authorization: Bearer PROVIDER-KEY")));
  EXPECT_THAT(lines, testing::Not(Contains("traceparent: t")));
}

TEST_F(ChatCompletionsHeadTest, TheGatewaysTraceGoesOnceInPlaceOfTheClients) {
  const auto traces = [](const std::vector<HeaderField>& fields, std::string_view own) {
    std::vector<std::string> found;
    for (const std::string& line : head_for("https://api.example.com/v1", ProviderAuthentication::kBearer, fields, own)) {
      if (ascii_istarts_with(line, "trace") || ascii_istarts_with(line, "baggage")) found.push_back(line);
    }
    return found;
  };
  const std::vector<HeaderField> fields = {{"Traceparent", "client"}, {"tracestate", "a=1"}, {"baggage", "b=2"},
                                           {"traceparent", "again"}};

  EXPECT_THAT(traces({}, ""), IsEmpty());
  EXPECT_THAT(traces({}, "own"), ElementsAre("traceparent: own"));
  EXPECT_THAT(traces(fields, "own"), UnorderedElementsAre("traceparent: own", "tracestate: a=1", "baggage: b=2"));
  EXPECT_THAT(traces({{"tracestate", "a=1"}, {"Traceparent", "client"}}, ""),
              ElementsAre("tracestate: a=1", "Traceparent: client"));
}

}  // namespace
}  // namespace balancer::gateway
