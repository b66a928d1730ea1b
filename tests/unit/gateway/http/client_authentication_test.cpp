#include "gateway/http/client_authentication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kAlice = "alice-0123456789abcdef";
constexpr std::string_view kBob = "bob-0123456789abcdef";

ClientAuthentication settings() {
  ClientAuthentication result;
  result.enabled = true;
  result.keys = {{"alice", sha256(kAlice)}, {"bob", sha256(kBob)}};
  return result;
}

Result<ClientIdentity> authenticate(std::vector<http::HeaderField> fields) {
  return authenticate_client(fields, settings());
}

std::string bearer(std::string_view key) { return "Bearer " + std::string(key); }

TEST(ClientAuthenticationTest, TakesTheKeyFromEitherHeader) {
  const std::string authorization = bearer(kBob);

  EXPECT_EQ(authenticate({{"x-api-key", kAlice}})->name, "alice");
  EXPECT_EQ(authenticate({{"X-API-Key", kAlice}})->name, "alice");
  EXPECT_EQ(authenticate({{"Authorization", authorization}})->name, "bob");
}

TEST(ClientAuthenticationTest, SpellsBearerAsItLikes) {
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER ", "Bearer   ", "Bearer \t"}) {
    const std::string value = scheme + std::string(kAlice) + " ";

    EXPECT_TRUE(authenticate({{"authorization", value}})) << scheme;
  }
}

TEST(ClientAuthenticationTest, XApiKeyWinsWhenBothAreValid) {
  const std::string authorization = bearer(kBob);

  EXPECT_EQ(authenticate({{"authorization", authorization}, {"x-api-key", kAlice}})->name, "alice");
}

TEST(ClientAuthenticationTest, OneValidKeyIsEnough) {
  const std::string wrong = bearer("wrong");
  const std::string right = bearer(kBob);

  EXPECT_EQ(authenticate({{"authorization", wrong}, {"x-api-key", kAlice}})->name, "alice");
  EXPECT_EQ(authenticate({{"x-api-key", "wrong"}, {"authorization", right}})->name, "bob");
  EXPECT_EQ(authenticate({{"x-api-key", "wrong"}, {"x-api-key", kAlice}})->name, "alice");
}

TEST(GatewayKeyFieldTest, IsTheOneBesideACredentialOfTheClientsOwn) {
  const auto field = [](std::vector<http::HeaderField> fields) { return gateway_key_field(fields, settings()); };
  const std::string token = bearer("sk-ant-oat01-token");
  const std::string key = bearer(kBob);

  EXPECT_EQ(field({{"X-Api-Key", kAlice}, {"Authorization", token}}), "x-api-key");
  EXPECT_EQ(field({{"x-api-key", "sk-ant-of-the-client"}, {"authorization", key}}), "authorization");
  EXPECT_EQ(field({{"x-api-key", kAlice}, {"authorization", "Basic dXNlcjpwYXNz"}}), "x-api-key");
}

TEST(GatewayKeyFieldTest, IsNoneWhereNothingTellsThemApart) {
  const auto field = [](std::vector<http::HeaderField> fields) { return gateway_key_field(fields, settings()); };
  const std::string key = bearer(kBob);
  const std::vector<http::HeaderField> both{{"x-api-key", kAlice}, {"authorization", "Bearer token"}};

  EXPECT_EQ(field({{"x-api-key", kAlice}}), "");
  EXPECT_EQ(field({{"x-api-key", kAlice}, {"authorization", ""}}), "");
  EXPECT_EQ(field({{"x-api-key", kAlice}, {"authorization", key}}), "");
  EXPECT_EQ(field({{"x-api-key", "wrong"}, {"authorization", "Bearer wrong"}}), "");
  EXPECT_EQ(gateway_key_field(both, {}), "") << "without authentication both are the client's";
}

TEST(ClientAuthenticationTest, RefusesEverythingElseWithoutRepeatingIt) {
  const std::string huge(64 * 1024, 'k');
  const std::vector<http::HeaderField> wrong_ones = {
      {"x-api-key", ""},
      {"x-api-key", "CANARY"},
      {"x-api-key", "CANARY' OR '1'='1"},
      {"x-api-key", "\"CANARY\""},
      {"x-api-key", "alice"},
      {"x-api-key", "alice-0123456789abcde"},
      {"x-api-key", "alice-0123456789abcdef0"},
      {"x-api-key", "ALICE-0123456789ABCDEF"},
      {"x-api-key", "Bearer alice-0123456789abcdef"},
      {"x-api-key", huge},
      {"authorization", ""},
      {"authorization", "Bearer"},
      {"authorization", "Bearer "},
      {"authorization", "Beareralice-0123456789abcdef"},
      {"authorization", "Basic YWxpY2U6Q0FOQVJZ"},
      {"authorization", "Token alice-0123456789abcdef"},
      {"authorization", "alice-0123456789abcdef"},
      {"authorization", huge},
      {"proxy-authorization", "Bearer alice-0123456789abcdef"},
      {"cookie", "x-api-key=alice-0123456789abcdef"},
      {"x-api-key2", "alice-0123456789abcdef"},
  };

  for (const http::HeaderField& field : wrong_ones) {
    const auto identity = authenticate({field});

    ASSERT_FALSE(identity) << field.name << ": " << field.value;
    EXPECT_EQ(identity.error().code, ErrorCode::kAuthentication);
    EXPECT_THAT(identity.error().message, Not(HasSubstr("CANARY")));
    EXPECT_LT(identity.error().message.size(), 100u);
  }
}

TEST(ClientAuthenticationTest, TellsAMissingKeyFromAWrongOne) {
  EXPECT_EQ(authenticate({}).error().message, "missing x-api-key or Authorization: Bearer header");
  EXPECT_EQ(authenticate({{"x-api-key", "wrong"}}).error().message, "invalid gateway key");
}

TEST(ClientAuthenticationTest, ADigestIsNoKey) {
  const Sha256Digest digest = sha256(kAlice);
  const std::string raw(digest.begin(), digest.end());

  EXPECT_FALSE(authenticate({{"x-api-key", raw}}));
}

TEST(ClientAuthenticationTest, WithoutAuthenticationEverybodyIsTheNamelessClient) {
  const std::vector<http::HeaderField> fields{{"x-api-key", "anything"}};

  EXPECT_EQ(authenticate_client({}, ClientAuthentication{})->name, "");
  EXPECT_EQ(authenticate_client(fields, ClientAuthentication{})->name, "");
}

TEST(ClientAuthenticationTest, EnabledWithoutKeysNobodyIsServed) {
  ClientAuthentication nobody;
  nobody.enabled = true;
  const std::vector<http::HeaderField> empty{{"x-api-key", ""}};

  EXPECT_FALSE(authenticate_client({}, nobody));
  EXPECT_FALSE(authenticate_client(empty, nobody));
}

}  // namespace
}  // namespace balancer::gateway
