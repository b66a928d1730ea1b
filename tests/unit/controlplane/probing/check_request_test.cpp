#include "controlplane/probing/check_request.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace balancer::controlplane {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Provider provider_of(ProviderType type, const std::string& prefix = "") {
  Provider provider;
  provider.name = "a";
  provider.type = type;
  provider.url = {.tls = true, .host = "h.example", .port = 8443, .path_prefix = prefix};
  provider.authentication =
      type == ProviderType::kAnthropic ? ProviderAuthentication::kXApiKey : ProviderAuthentication::kBearer;
  provider.credential = Secret("sk-1");
  return provider;
}

// Of the control plane that checks.
constexpr std::string_view kVia = "0123abcd";

HealthCheck get_check(const std::string& path) {
  HealthCheck check;
  check.get_path = path;
  return check;
}

HealthCheck model_check(const std::string& model) {
  HealthCheck check;
  check.model = model;
  return check;
}

TEST(CheckRequestTest, SaysWhichGatewaysAreNotToServeIt) {
  const Provider provider = provider_of(ProviderType::kAnthropic);
  for (const HealthCheck& check : {get_check("/v1/models"), model_check("m")}) {
    EXPECT_THAT(make_check_request(check, provider, kVia).head, HasSubstr("\r\nx-balancer-via: 0123abcd\r\n"));
    EXPECT_THAT(make_check_request(check, provider, "").head, Not(HasSubstr("x-balancer-via")));
  }
}

TEST(CheckRequestTest, AGetIsAskedBehindTheBaseUrl) {
  const Provider provider = provider_of(ProviderType::kAnthropic, "/api");

  const CheckRequest request = make_check_request(get_check("/health?deep=1"), provider, kVia);

  EXPECT_THAT(request.head, AllOf(StartsWith("GET /api/health?deep=1 HTTP/1.1\r\nhost: h.example:8443\r\n"),
                                  HasSubstr("\r\nx-api-key: sk-1\r\n"),
                                  HasSubstr("\r\nanthropic-version: 2023-06-01\r\n"), EndsWith("\r\n\r\n"),
                                  Not(HasSubstr("content-"))));
  EXPECT_EQ(request.body, "");
}

TEST(CheckRequestTest, AVersionInTheBaseUrlIsNotRepeated) {
  EXPECT_THAT(make_check_request(get_check("/v1/models"), provider_of(ProviderType::kOpenAi, "/v1"), kVia).head,
              StartsWith("GET /v1/models HTTP/1.1\r\n"));
}

TEST(CheckRequestTest, TheClientsCredentialIsNotThereToBePassedThrough) {
  Provider provider = provider_of(ProviderType::kAnthropic);
  provider.authentication = ProviderAuthentication::kPassthrough;

  EXPECT_THAT(make_check_request(get_check("/"), provider, kVia).head,
              AllOf(Not(HasSubstr("sk-1")), Not(HasSubstr("authorization")), Not(HasSubstr("x-api-key"))));
}

TEST(CheckRequestTest, OneTokenInAnthropicsDialect) {
  Provider provider = provider_of(ProviderType::kAnthropic);
  provider.version_override = "2099-01-01";
  provider.beta_add = {"b-1"};

  const CheckRequest request = make_check_request(model_check("m\"1"), provider, kVia);

  EXPECT_THAT(request.head,
              AllOf(StartsWith("POST /v1/messages HTTP/1.1\r\n"), HasSubstr("\r\nanthropic-version: 2099-01-01\r\n"),
                    HasSubstr("\r\nanthropic-beta: b-1\r\n"), HasSubstr("\r\ncontent-type: application/json\r\n"),
                    HasSubstr("\r\ncontent-length: " + std::to_string(request.body.size()) + "\r\n")));
  const json body = json::parse(request.body);
  EXPECT_EQ(body.at("model"), "m\"1");
  EXPECT_EQ(body.at("max_tokens"), 1);
}

TEST(CheckRequestTest, OneTokenInChatCompletionsWithTheFieldThatTheServerKnows) {
  Provider provider = provider_of(ProviderType::kOpenAi);
  provider.conversion.max_tokens_field = MaxTokensField::kMaxCompletionTokens;

  const CheckRequest request = make_check_request(model_check("m"), provider, kVia);

  EXPECT_THAT(request.head, AllOf(StartsWith("POST /v1/chat/completions HTTP/1.1\r\n"),
                                  HasSubstr("\r\nauthorization: Bearer sk-1\r\n"), Not(HasSubstr("anthropic"))));
  const json body = json::parse(request.body);
  EXPECT_EQ(body.at("max_completion_tokens"), 1);
  EXPECT_FALSE(body.contains("max_tokens"));

  provider.conversion.max_tokens_field = MaxTokensField::kMaxTokens;
  EXPECT_EQ(json::parse(make_check_request(model_check("m"), provider, kVia).body).at("max_tokens"), 1);
}

}  // namespace
}  // namespace balancer::controlplane
