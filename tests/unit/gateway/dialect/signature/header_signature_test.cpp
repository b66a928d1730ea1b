// What counts beside the body: who asks, and what a provider would be sent of the request's head.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/gateway/dialect/signature/signed_request.hpp"

namespace balancer::gateway {
namespace {

using Fields = std::vector<http::HeaderField>;

Fields with(http::HeaderField field) { return {{"x-api-key", "k"}, field, {"anthropic-version", "2023-06-01"}}; }
const Fields kPlain = {{"x-api-key", "k"}, {"anthropic-version", "2023-06-01"}};

TEST(HeaderSignatureTest, CallersNeverMeet) {
  AskedRequest bob;
  bob.caller = "bob";
  AskedRequest nobody;
  nobody.caller = "";

  EXPECT_NE(sign(bob), sign({}));
  EXPECT_NE(sign(nobody), sign({}));
  EXPECT_NE(sign(nobody), sign(bob));
}

TEST(HeaderSignatureTest, CredentialsNeverMeetWhenClientsAreNotAuthenticated) {
  for (const char* name : {"x-api-key", "authorization", "api-key", "proxy-authorization", "cookie",
                           "x-forwarded-user", "x-forwarded-email", "cf-access-jwt-assertion"}) {
    AskedRequest first;
    first.caller = "";
    first.fields = {{name, "Bearer sk-ant-0123456789-0123456789-a"}};
    AskedRequest second = first;
    second.fields = {{name, "Bearer sk-ant-0123456789-0123456789-b"}};
    AskedRequest without = first;
    without.fields = {};

    EXPECT_NE(sign(first), sign(second)) << name;
    EXPECT_NE(sign(first), sign(without)) << name;
  }
}

TEST(HeaderSignatureTest, OneSecretUnderAnotherNameIsAnotherCredential) {
  EXPECT_NE(sign_fields({{"x-api-key", "k"}}), sign_fields({{"api-key", "k"}}));
  EXPECT_NE(sign_fields({{"x-api-key", "k"}, {"authorization", "l"}}),
            sign_fields({{"x-api-key", "l"}, {"authorization", "k"}}));
  EXPECT_NE(sign_fields({{"x-api-key", "k"}, {"authorization", "k"}}), sign_fields({{"x-api-key", "k"}}));
}

TEST(HeaderSignatureTest, OrderAndLetterCaseOfHeaderNamesDoNotMatter) {
  const Fields sent = {{"x-api-key", "k"}, {"x-team", "core"}, {"anthropic-version", "v"}, {"anthropic-beta", "b"}};
  const Fields other = {{"Anthropic-Beta", "b"}, {"ANTHROPIC-VERSION", "v"}, {"X-Team", "core"}, {"X-Api-Key", "k"}};

  EXPECT_EQ(sign_fields(sent), sign_fields(other));
}

TEST(HeaderSignatureTest, LinesOfOneHeaderKeepTheirOrder) {
  EXPECT_NE(sign_fields({{"x-team", "a"}, {"X-Team", "b"}}), sign_fields({{"x-team", "b"}, {"X-Team", "a"}}));
  EXPECT_NE(sign_fields({{"x-team", "a"}, {"x-team", "b"}}), sign_fields({{"x-team", "a, b"}}));
  EXPECT_EQ(sign_fields({{"x-team", "a"}, {"x-other", "c"}, {"x-team", "b"}}),
            sign_fields({{"x-other", "c"}, {"X-Team", "a"}, {"x-team", "b"}}));
}

TEST(HeaderSignatureTest, ValuesAreComparedAsTheyAre) {
  EXPECT_NE(sign_fields(with({"x-team", "core"})), sign_fields(with({"x-team", "Core"})));
  EXPECT_NE(sign_fields(with({"x-team", ""})), sign_fields(kPlain));
}

class CountedHeaderTest : public testing::TestWithParam<const char*> {};

TEST_P(CountedHeaderTest, ChangesTheSignature) {
  EXPECT_NE(sign_fields(with({GetParam(), "1"})), sign_fields(kPlain));
  EXPECT_NE(sign_fields(with({GetParam(), "1"})), sign_fields(with({GetParam(), "2"})));
}

INSTANTIATE_TEST_SUITE_P(
    Names, CountedHeaderTest,
    testing::Values("anthropic-version", "anthropic-beta", "anthropic-workspace-id", "anthropic-user-profile-id",
                    "x-team", "x-unknown", "openai-organization", "openai-project", "accept-version", "x-app-version",
                    "x-forwarded-groups", "x-stainlesss", "x-claude-codes", "range", "prefer", "x-http-method-override"));

class VolatileHeaderTest : public testing::TestWithParam<const char*> {};

TEST_P(VolatileHeaderTest, ChangesNothing) {
  EXPECT_EQ(sign_fields(with({GetParam(), "1"})), sign_fields(kPlain));
}

INSTANTIATE_TEST_SUITE_P(
    Names, VolatileHeaderTest,
    testing::Values(
        // Between two hops.
        "connection", "Content-Length", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "expect", "host",
        "http2-settings", "proxy-connection", "via", "x-balancer-via", "content-encoding", "content-type",
        // The form of the answer.
        "accept", "Accept-Encoding", "accept-language", "accept-charset",
        // The program and the browser that ask.
        "User-Agent", "x-app", "X-Stainless-Retry-Count", "x-stainless-timeout", "x-stainless-helper-method", "origin",
        "referer", "sec-fetch-mode", "access-control-request-method", "anthropic-dangerous-direct-browser-access",
        // The session and the single request.
        "X-Claude-Code-Session-Id", "x-claude-code-agent-id", "x-claude-code-prompt-id", "idempotency-key",
        "X-Request-Id", "x-client-request-id", "x-correlation-id", "traceparent", "tracestate", "baggage",
        // The way here.
        "forwarded", "x-forwarded-for", "X-Forwarded-Proto", "x-real-ip", "true-client-ip", "cf-ray",
        "cf-connecting-ip",
        // What the gateway's cache is told.
        "cache-control", "pragma"));

TEST(HeaderSignatureTest, BetasAreASet) {
  const RequestSignature sent = sign_fields(with({"anthropic-beta", "a-1,b-2,c-3"}));

  EXPECT_EQ(sign_fields(with({"anthropic-beta", "c-3 ,\ta-1,, b-2 ,"})), sent);
  EXPECT_EQ(sign_fields(with({"anthropic-beta", "a-1,b-2,a-1,c-3"})), sent);
  EXPECT_EQ(sign_fields({{"Anthropic-Beta", "c-3"}, {"x-api-key", "k"}, {"anthropic-version", "2023-06-01"},
                         {"anthropic-beta", "b-2,a-1"}}),
            sent);
  EXPECT_NE(sign_fields(with({"anthropic-beta", "a-1,b-2"})), sent);
  EXPECT_NE(sign_fields(with({"anthropic-beta", "a-1,b-2,c-3,d-4"})), sent);
  EXPECT_NE(sign_fields(with({"anthropic-beta", "a-1,b-2,C-3"})), sent);
}

TEST(HeaderSignatureTest, NoBetaIsTheSameAsNone) {
  EXPECT_EQ(sign_fields(with({"anthropic-beta", " , "})), sign_fields(kPlain));
}

TEST(HeaderSignatureTest, AHeaderThatTheConnectionKeepsFromTheProviderIsAnotherQuestion) {
  for (const char* name : {"anthropic-beta", "anthropic-version", "x-team"}) {
    const Fields sent = {{name, "1"}, {"connection", "keep-alive"}};
    const Fields kept_back = {{name, "1"}, {"Connection", std::string_view("keep-alive, X-Other")},
                              {"connection", std::string_view(name)}};
    EXPECT_NE(sign_fields(sent), sign_fields(kept_back)) << name;
  }
}

TEST(HeaderSignatureTest, TheQueryCounts) {
  AskedRequest other;
  other.query = "beta=false";
  AskedRequest none;
  none.query = "";

  EXPECT_NE(sign(other), sign({}));
  EXPECT_NE(sign(none), sign({}));
}

TEST(HeaderSignatureTest, WhoWouldAnswerCounts) {
  AskedRequest other;
  other.routing_digest.back() ^= 1;

  EXPECT_NE(sign(other), sign({}));
}

TEST(HeaderSignatureTest, PartsCannotBeShiftedIntoEachOther) {
  AskedRequest first;
  first.caller = "a";
  first.query = "bc";
  AskedRequest second;
  second.caller = "ab";
  second.query = "c";

  EXPECT_NE(sign(first), sign(second));
  EXPECT_NE(sign_fields({{"x-a", "bc"}}), sign_fields({{"x-ab", "c"}}));
  EXPECT_NE(sign_fields({{"x-a", "b"}, {"x-c", "d"}}), sign_fields({{"x-a", "bx-cd"}}));
  EXPECT_NE(sign_fields({{"anthropic-beta", "a"}, {"anthropic-beta", "b"}}), sign_fields({{"anthropic-beta", "ab"}}));
  EXPECT_NE(sign_fields({{"anthropic-beta", "x-a"}}), sign_fields({{"x-a", ""}}));
}

}  // namespace
}  // namespace balancer::gateway
