// Who may call (protocol.md 1.2, 1.8, cases 108 and 109).
#include "tests/integration/passthrough/passthrough_fixtures.hpp"

namespace balancer::integration {
namespace {

constexpr const char* kKey = "gateway-key-0123456789";

class ClientKeysTest : public OneProviderTest {
 protected:
  ClientKeysTest() : OneProviderTest(std::string("auth: {enabled: true, api_key: ") + kKey + "}") {}

  fakes::HttpResponse ask(const fakes::HeaderFields& headers) const {
    return client_.post("/v1/messages", small_request(), headers);
  }
};

// Case 108.
TEST_F(ClientKeysTest, OneValidKeyInEitherFormSuffices) {
  const std::string bearer = std::string("Bearer ") + kKey;

  EXPECT_EQ(ask({{"x-api-key", kKey}}).status, 200);
  EXPECT_EQ(ask({{"authorization", bearer}}).status, 200);
  EXPECT_EQ(ask({{"authorization", std::string("bearer   ") + kKey}}).status, 200);
  EXPECT_EQ(ask({{"x-api-key", "wrong"}, {"authorization", bearer}}).status, 200);
  EXPECT_EQ(ask({{"x-api-key", kKey}, {"authorization", "Bearer wrong"}}).status, 200);
}

TEST_F(ClientKeysTest, OtherwiseNothingReachesAProvider) {
  for (const fakes::HeaderFields& headers :
       {fakes::HeaderFields{}, fakes::HeaderFields{{"x-api-key", "wrong-key"}}, fakes::HeaderFields{{"x-api-key", ""}},
        fakes::HeaderFields{{"authorization", std::string("Basic ") + kKey}},
        fakes::HeaderFields{{"authorization", kKey}}, fakes::HeaderFields{{"cookie", kKey}}}) {
    const fakes::HttpResponse response = ask(headers);

    EXPECT_TRUE(is_error(response, 401, "authentication_error"));
    EXPECT_EQ(response.raw.find("wrong-key"), std::string::npos);
  }
  EXPECT_TRUE(is_error(client_.post(std::string("/v1/messages?api_key=") + kKey, small_request()), 401,
                       "authentication_error"));
  EXPECT_EQ(provider_.request_count(), 0U);
}

TEST_F(ClientKeysTest, EverythingButProbesNeedsAKey) {
  for (const char* target : {"/v1/models", "/v1/models/x", "/providers"}) {
    EXPECT_TRUE(is_error(client_.get(target), 401, "authentication_error")) << target;
    EXPECT_NE(client_.get(target, {{"x-api-key", kKey}}).status, 401) << target;
  }
  for (const char* target : {"/v1/messages/count_tokens", "/providers/reload", "//v1/messages", "/v1/./messages"}) {
    EXPECT_NE(client_.post(target, small_request()).status / 100, 2) << target;
  }
  for (const char* target : {"/", "/api/hello", "/health", "/livez", "/readyz"}) {
    EXPECT_EQ(client_.get(target).status, 200) << target;
    EXPECT_EQ(client_.request("HEAD", target).status, 200) << target;
  }
  EXPECT_EQ(provider_.request_count(), 0U);
}

TEST_F(ClientKeysTest, WebPagesOfOtherOriginsAreRefused) {
  EXPECT_TRUE(is_error(ask({{"x-api-key", kKey}, {"origin", "https://evil.example"}}), 403, "permission_error"));
  EXPECT_TRUE(is_error(ask({{"x-api-key", kKey}, {"host", "evil.example"}}), 403, "permission_error"));
  EXPECT_EQ(provider_.request_count(), 0U);
}

}  // namespace
}  // namespace balancer::integration
