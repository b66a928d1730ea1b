#include "gateway/upstream/passthrough_response.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace balancer::gateway {
namespace {

// The field lines that the client gets.
std::string passed(const std::vector<UpstreamHeader>& fields) {
  http::ResponseHead head(200);
  add_passthrough_headers(head, {.status = 200, .headers = fields, .content_length = std::nullopt});
  return head.field_lines();
}

TEST(PassthroughResponseTest, WhatClientsActOnPassesUnchanged) {
  for (const char* name :
       {"retry-after", "x-should-retry", "anthropic-ratelimit-requests-remaining", "Anthropic-RateLimit-Unified-Reset",
        "anthropic-organization-id", "anthropic-workspace-id", "cache-control", "X-Accel-Buffering", "x-new",
        "content-encoding", "cfoo"}) {
    EXPECT_EQ(passed({{name, "v; w"}}), std::string(name) + ": v; w\r\n");
  }
}

TEST(PassthroughResponseTest, OrderAndRepetitionsAreKept) {
  EXPECT_EQ(passed({{"b", "1"}, {"a", "2"}, {"b", "3"}}), "b: 1\r\na: 2\r\nb: 3\r\n");
}

TEST(PassthroughResponseTest, FramingAndFieldsOfOneHopAreDropped) {
  for (const char* name : {"Connection", "Keep-Alive", "Proxy-Authenticate", "proxy-connection", "TE", "Trailer",
                           "Transfer-Encoding", "Upgrade", "Content-Length", "Date"}) {
    EXPECT_EQ(passed({{name, "v"}}), "") << name;
  }
}

TEST(PassthroughResponseTest, FieldsThatConnectionNamesAreDropped) {
  EXPECT_EQ(passed({{"x-foo", "1"}, {"Connection", "close, X-Foo ,,x-bar"}, {"X-Bar", "2"}, {"x-kept", "3"}}),
            "x-kept: 3\r\n");
}

TEST(PassthroughResponseTest, CookiesAndWhatDescribesTheProvidersEdgeAreDropped) {
  for (const char* name : {"Set-Cookie", "Alt-Svc", "Strict-Transport-Security", "CF-Ray", "cf-cache-status", "Server",
                           "Via", "Access-Control-Allow-Origin"}) {
    EXPECT_EQ(passed({{name, "v"}}), "") << name;
  }
}

TEST(PassthroughResponseTest, WhatTheGatewaySetsItselfIsDropped) {
  for (const char* name : {"request-id", "X-Request-Id", "content-type", "x-balancer-provider", "X-Provider-Used"}) {
    EXPECT_EQ(passed({{name, "v"}}), "") << name;
  }
}

TEST(PassthroughResponseTest, LineEndsInAValueStartNoLineOfTheirOwn) {
  EXPECT_EQ(passed({{"x-a", "1\r\nset-cookie: evil=1"}}), "x-a: 1\r\n");
}

}  // namespace
}  // namespace balancer::gateway
