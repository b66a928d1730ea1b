#include "gateway/dialect/openai_error/openai_anthropic_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

ProviderError saying(std::string message) {
  ProviderError error;
  error.message = std::move(message);
  return error;
}

ClientError told(AttemptOutcome outcome, int status, std::string message = "the provider's words") {
  return client_error({.outcome = outcome, .status = status, .overloaded = false, .context_overflow = false},
                      saying(std::move(message)), "claude-opus-5", {});
}

ClientError told_overloaded(int status, std::string message) {
  return client_error({.outcome = AttemptOutcome::kTransient, .status = status, .overloaded = true,
                       .context_overflow = false}, saying(std::move(message)), "claude-opus-5", {});
}

TEST(ClientErrorTest, EveryKindOfFailureHasItsStatusAndType) {
  struct Case {
    AttemptOutcome outcome;
    int provider_status;
    int status;
    std::string_view type;
  };
  using enum AttemptOutcome;
  constexpr Case kCases[] = {
      {kRequestFault, 400, 400, "invalid_request_error"}, {kRequestFault, 422, 400, "invalid_request_error"},
      {kRequestFault, 403, 400, "invalid_request_error"}, {kRequestFault, 404, 404, "not_found_error"},
      {kCredentialsRejected, 401, 502, "api_error"},      {kCredentialsRejected, 403, 502, "api_error"},
      {kQuotaExhausted, 402, 429, "rate_limit_error"},    {kQuotaExhausted, 429, 429, "rate_limit_error"},
      {kModelMissing, 404, 404, "not_found_error"},       {kModelMissing, 400, 404, "not_found_error"},
      {kRateLimited, 429, 429, "rate_limit_error"},       {kTooLarge, 413, 413, "request_too_large"},
      {kTimeout, 408, 504, "timeout_error"},              {kTimeout, 504, 504, "timeout_error"},
      {kTransient, 409, 409, "conflict_error"},           {kTransient, 500, 502, "api_error"},
      {kTransient, 502, 502, "api_error"},                {kTransient, 524, 502, "api_error"},
      {kTransient, 405, 502, "api_error"},                {kTransient, 415, 502, "api_error"},
      {kTransient, 302, 502, "api_error"},                {kTransient, 0, 502, "api_error"},
  };
  for (const Case& expected : kCases) {
    const ClientError error = told(expected.outcome, expected.provider_status);
    EXPECT_EQ(error.status, expected.status) << expected.provider_status;
    EXPECT_EQ(error.type, expected.type) << expected.provider_status;
  }
}

TEST(ClientErrorTest, OverloadIsToldAsSuchWhateverItsStatus) {
  for (const int status : {498, 500, 503, 529}) {
    const ClientError error = told_overloaded(status, "The engine is overloaded");
    EXPECT_EQ(error.status, 529) << status;
    EXPECT_EQ(error.type, "overloaded_error") << status;
    EXPECT_EQ(error.message, "The engine is overloaded") << status;
  }
  EXPECT_EQ(told_overloaded(503, "").message, "Overloaded");
}

TEST(ClientErrorTest, ProvidersWordsAreKeptWhereTheClientCanActOnThem) {
  EXPECT_EQ(told(AttemptOutcome::kRequestFault, 400, "bad tool").message, "bad tool");
  EXPECT_EQ(told(AttemptOutcome::kRateLimited, 429, "60 requests per minute").message, "60 requests per minute");
  EXPECT_EQ(told(AttemptOutcome::kQuotaExhausted, 429, "You exceeded your current quota").message,
            "You exceeded your current quota");
}

TEST(ClientErrorTest, RejectedCredentialsNeverReachTheClient) {
  const ClientError error =
      told(AttemptOutcome::kCredentialsRejected, 401, "Incorrect API key provided: sk-proj-abcdef.");

  EXPECT_EQ(error.message, "gateway: provider credentials rejected");
  EXPECT_EQ(error.should_retry, false);
}

TEST(ClientErrorTest, RetryIsRefusedOnlyWhereItIsUseless) {
  EXPECT_EQ(told(AttemptOutcome::kQuotaExhausted, 429).should_retry, false);
  EXPECT_EQ(told(AttemptOutcome::kRateLimited, 429).should_retry, std::nullopt);
  EXPECT_EQ(told(AttemptOutcome::kTransient, 500).should_retry, std::nullopt);
  EXPECT_EQ(told(AttemptOutcome::kRequestFault, 400).should_retry, std::nullopt);
}

TEST(ClientErrorTest, MissingModelIsNamedAsTheClientNamedIt) {
  EXPECT_EQ(told(AttemptOutcome::kModelMissing, 404, "The model `gpt-x` does not exist").message,
            "model: claude-opus-5");
}

TEST(ClientErrorTest, AnotherServiceAtTheAddressIsToldAsAWrongBaseUrl) {
  EXPECT_EQ(told(AttemptOutcome::kTransient, 405, "Method Not Allowed").message,
            "gateway: the provider answered HTTP 405: is its base_url right?");
  EXPECT_THAT(told(AttemptOutcome::kTransient, 301, "").message, HasSubstr("base_url"));
}

TEST(ClientErrorTest, FailureWithoutWordsIsToldInTheGatewaysOwn) {
  using enum AttemptOutcome;
  for (const AttemptOutcome outcome :
       {kRequestFault, kCredentialsRejected, kQuotaExhausted, kRateLimited, kTimeout, kTooLarge, kTransient}) {
    EXPECT_THAT(told(outcome, 500, "").message, StartsWith("gateway: ")) << to_string(outcome);
  }
}

TEST(ClientErrorTest, OverflowIsRewrittenWhateverItsKindAndStatus) {
  const ClassifiedError classified{
      .outcome = AttemptOutcome::kRequestFault, .status = 500, .overloaded = false, .context_overflow = true};
  const ProviderError error = saying(
      "This model's maximum context length is 8192 tokens. However, you requested 9500 tokens (9000 in the messages, "
      "500 in the completion).");

  const ClientError result = client_error(classified, error, "claude-opus-5", {});

  EXPECT_EQ(result.status, 400);
  EXPECT_EQ(result.type, "invalid_request_error");
  EXPECT_EQ(result.message, "prompt is too long: 9000 tokens > 8192 maximum");
}

TEST(ClientErrorTest, OverflowWithoutNumbersUsesWhatTheGatewayKnows) {
  const ClassifiedError classified{
      .outcome = AttemptOutcome::kRequestFault, .status = 400, .overloaded = false, .context_overflow = true};

  const ClientError result = client_error(classified, saying("Input is too long for requested model."), "m",
                                          {.input_tokens = 70'000, .max_tokens = 0, .context_window = 65'536});

  EXPECT_EQ(result.message, "prompt is too long: 70000 tokens > 65536 maximum");
}

TEST(ClientErrorTest, LongWordsAreCutBetweenTwoCharacters) {
  EXPECT_THAT(told(AttemptOutcome::kRequestFault, 400, std::string(5'000, 'x')).message, SizeIs(2'000));
  EXPECT_EQ(told(AttemptOutcome::kRequestFault, 400, std::string(1'999, 'x') + "\xc3\xa9").message,
            std::string(1'999, 'x'));
}

TEST(ClientErrorTest, PageInsideAMessageLosesItsTags) {
  const ClientError error = told(AttemptOutcome::kTransient, 502, "<html><body><h1>Bad Gateway</h1></body></html>");

  EXPECT_EQ(error.message, "Bad Gateway");
  EXPECT_EQ(told(AttemptOutcome::kRequestFault, 400, "max_tokens must be <= 4096, got <think>").message,
            "max_tokens must be <= 4096, got <think>");
}

}  // namespace
}  // namespace balancer::gateway
