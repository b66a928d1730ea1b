#include "gateway/upstream/upstream_outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::HasSubstr;
using testing::Not;

// 1 November 2026, 00:00:00 UTC, a Sunday.
const auto kNow = std::chrono::system_clock::from_time_t(1793491200);

AttemptOutcome kind_of(int status, std::string_view type = {}, std::string_view message = {}, std::string_view code = {}) {
  return classify_error_answer({.status = status, .retry_after = {}, .error_type = type, .error_message = message,
                                .detail_code = code}, kNow).kind;
}

bool overloaded(int status, std::string_view type = {}, std::string_view message = {}) {
  return classify_error_answer({.status = status, .retry_after = {}, .error_type = type, .error_message = message,
                                .detail_code = {}}, kNow).overloaded;
}

TEST(UpstreamOutcomeTest, StatusAloneDecidesWhenNothingElseIsSaid) {
  const std::pair<int, AttemptOutcome> kMatrix[] = {
      {400, AttemptOutcome::kRequestFault}, {422, AttemptOutcome::kRequestFault},
      {401, AttemptOutcome::kCredentialsRejected}, {403, AttemptOutcome::kCredentialsRejected},
      {402, AttemptOutcome::kQuotaExhausted}, {404, AttemptOutcome::kModelMissing},
      {413, AttemptOutcome::kTooLarge}, {429, AttemptOutcome::kRateLimited},
      {408, AttemptOutcome::kTimeout}, {504, AttemptOutcome::kTimeout},
      {409, AttemptOutcome::kTransient}, {498, AttemptOutcome::kTransient},
      {500, AttemptOutcome::kTransient}, {501, AttemptOutcome::kTransient},
      {502, AttemptOutcome::kTransient}, {503, AttemptOutcome::kTransient},
      {520, AttemptOutcome::kTransient}, {524, AttemptOutcome::kTransient}, {529, AttemptOutcome::kTransient},
      // A base URL that leads elsewhere.
      {301, AttemptOutcome::kTransient}, {405, AttemptOutcome::kTransient},
      {406, AttemptOutcome::kTransient}, {415, AttemptOutcome::kTransient},
  };
  for (const auto& [status, kind] : kMatrix) {
    EXPECT_EQ(kind_of(status), kind) << status;
    EXPECT_EQ(classify_error_answer({.status = status, .retry_after = {}, .error_type = {}, .error_message = {},
                                     .detail_code = {}}, kNow).status, status);
  }
}

// Asking others for it only makes the circle wider.
TEST(UpstreamOutcomeTest, ARequestThatGoesInACircleIsItsOwnFaultWhenAGatewaySaysSo) {
  EXPECT_EQ(kind_of(508, "api_error", "", "request_loop"), AttemptOutcome::kRequestFault);
  EXPECT_EQ(kind_of(508, "api_error"), AttemptOutcome::kTransient);
  EXPECT_EQ(kind_of(500, "api_error", "", "request_loop"), AttemptOutcome::kTransient);
}

TEST(UpstreamOutcomeTest, ExhaustedQuotaIsKnownWhateverItsStatus) {
  EXPECT_EQ(kind_of(400, "invalid_request_error", "Your credit balance is too low to access the API"),
            AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "rate_limit_error", "", "enforced_spend_limit_reached"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "rate_limit_error", "", "contract_spend_limit_reached"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "insufficient_quota"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(429, "billing_hard_limit_reached"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(kind_of(403, "billing_error"), AttemptOutcome::kQuotaExhausted);
}

TEST(UpstreamOutcomeTest, OrdinaryRateLimitsAreNoQuota) {
  EXPECT_EQ(kind_of(429, "rate_limit_error", "credit balance is too low"), AttemptOutcome::kRateLimited);
  EXPECT_EQ(kind_of(429, "rate_limit_error", "", "ramp_limit_exceeded"), AttemptOutcome::kRateLimited);
}

TEST(UpstreamOutcomeTest, ContextOverflowIsTheRequestsOwnFaultWhateverItsStatus) {
  for (const int status : {400, 403, 413, 500}) {
    EXPECT_EQ(kind_of(status, "invalid_request_error", "Prompt is too long: 210000 tokens > 200000 maximum"),
              AttemptOutcome::kRequestFault) << status;
    EXPECT_EQ(kind_of(status, "", "This model's maximum context length is 8192 tokens"), AttemptOutcome::kRequestFault);
    EXPECT_EQ(kind_of(status, "", "", "context_length_exceeded"), AttemptOutcome::kRequestFault) << status;
  }
  EXPECT_EQ(kind_of(500, "api_error", "string too long"), AttemptOutcome::kTransient);
  EXPECT_EQ(kind_of(503, "api_error", "prompt is too long"), AttemptOutcome::kTransient);
}

TEST(UpstreamOutcomeTest, OverflowIsToldApartFromOtherFaultsAndStatuses) {
  const auto overflows = [](int status, std::string_view message, std::string_view code = {}) {
    return says_context_overflow({.status = status, .retry_after = {}, .error_type = {}, .error_message = message,
                                  .detail_code = code});
  };

  for (const int status : {400, 403, 413, 422, 500}) {
    EXPECT_TRUE(overflows(status, "MAXIMUM CONTEXT LENGTH is 8192")) << status;
    EXPECT_TRUE(overflows(status, "", "context_length_exceeded")) << status;
  }
  for (const int status : {401, 404, 429, 502, 503, 529}) {
    EXPECT_FALSE(overflows(status, "maximum context length is 8192")) << status;
  }
  EXPECT_FALSE(overflows(400, "Invalid 'messages[0].content': string too long.", "string_above_max_length"));
  EXPECT_FALSE(overflows(400, "exceeds the maximum of the input token count"));
  EXPECT_FALSE(overflows(413, "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7"));
  EXPECT_FALSE(overflows(400, ""));
}

TEST(UpstreamOutcomeTest, OverflowIsKnownInTheWordsOfEveryProvider) {
  for (const std::string_view message : {
           "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
           "Your input exceeds the context window of this model. Please adjust your input and try again.",
           "The input (40000 tokens) is longer than the model's context length (32768 tokens).",
           "The decoder prompt (length 40000) is longer than the maximum model length of 32768.",
           "You passed 32769 input tokens. However, the model's context length is only 32768 tokens.",
           "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
           "request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it",
           "the model is loaded with context length of only 4096 tokens, which is not enough",
           "The number of tokens to keep from the initial prompt is greater than the context length.",
           "Prompt contains 65673 tokens, too large for model with 32768 maximum context length",
           "Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)",
           "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
           "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000",
           "Please reduce the length of the messages or completion.",
           "invalid params, context window exceeds limit (2013)", "prompt too long; exceeded max context length by 4",
           "Range of input length should be [1, 129024]", "Input is too long for requested model.",
           "`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 7500 `inputs` tokens",
           "Prompt exceeds max length",
           "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.",
       }) {
    EXPECT_EQ(kind_of(500, "", message), AttemptOutcome::kRequestFault) << message;
  }
}

TEST(UpstreamOutcomeTest, MissingResourceOfTheClientIsItsOwnFault) {
  EXPECT_EQ(kind_of(404, "not_found_error", "", "thread_not_found"), AttemptOutcome::kRequestFault);
}

TEST(UpstreamOutcomeTest, OverloadIsKnownByStatusTypeOrText) {
  EXPECT_TRUE(overloaded(529));
  EXPECT_TRUE(overloaded(503));
  EXPECT_TRUE(overloaded(498));
  EXPECT_TRUE(overloaded(500, "overloaded_error"));
  EXPECT_TRUE(overloaded(500, "api_error", "The server is Overloaded, try later"));

  EXPECT_FALSE(overloaded(500, "api_error", "boom"));
  EXPECT_FALSE(overloaded(429, "rate_limit_error", "not overloaded"));
  EXPECT_FALSE(overloaded(504));
}

TEST(UpstreamOutcomeTest, DetailNamesKnownTypesAndNeverTheProvidersText) {
  const UpstreamOutcome known = classify_error_answer({.status = 529, .retry_after = {}, .error_type = "overloaded_error",
      .error_message = "secret sk-123", .detail_code = "x"}, kNow);
  const UpstreamOutcome unknown = classify_error_answer({.status = 418, .retry_after = {}, .error_type = "sk-123",
      .error_message = "secret", .detail_code = "sk-123"}, kNow);

  EXPECT_EQ(known.detail, "HTTP 529 overloaded_error");
  EXPECT_EQ(unknown.detail, "HTTP 418");
}

TEST(UpstreamOutcomeTest, RetryAfterIsTakenFromTheAnswer) {
  const UpstreamOutcome outcome = classify_error_answer({.status = 429, .retry_after = "30", .error_type = {},
      .error_message = {}, .detail_code = {}}, kNow);

  EXPECT_EQ(outcome.retry_delay, 30s);
}

struct EventCase {
  std::string_view type;
  AttemptOutcome kind;
  int status;
};

TEST(UpstreamOutcomeTest, ErrorInsideAStreamCountsAsItsTypesStatus) {
  constexpr EventCase kCases[] = {
      {"overloaded_error", AttemptOutcome::kTransient, 529}, {"rate_limit_error", AttemptOutcome::kRateLimited, 429},
      {"api_error", AttemptOutcome::kTransient, 500}, {"invalid_request_error", AttemptOutcome::kRequestFault, 400},
      {"authentication_error", AttemptOutcome::kCredentialsRejected, 401},
      {"permission_error", AttemptOutcome::kCredentialsRejected, 403},
      {"billing_error", AttemptOutcome::kQuotaExhausted, 402}, {"not_found_error", AttemptOutcome::kModelMissing, 404},
      {"request_too_large", AttemptOutcome::kTooLarge, 413}, {"timeout_error", AttemptOutcome::kTimeout, 504},
      {"something_new", AttemptOutcome::kTransient, 500}, {"", AttemptOutcome::kTransient, 500},
  };
  for (const EventCase& expected : kCases) {
    const UpstreamOutcome outcome = classify_error_event(expected.type, "text");
    EXPECT_EQ(outcome.kind, expected.kind) << expected.type;
    EXPECT_EQ(outcome.status, expected.status) << expected.type;
    EXPECT_EQ(outcome.overloaded, expected.type == "overloaded_error") << expected.type;
    EXPECT_THAT(outcome.detail, testing::AllOf(HasSubstr("status 200"), Not(HasSubstr("text")))) << expected.type;
  }
  EXPECT_THAT(classify_error_event("something_new", "").detail, Not(HasSubstr("something_new")));
}

AttemptOutcome openai_kind(int status, std::string_view type, std::string_view code, std::string_view message) {
  return classify_error_answer({.status = status, .retry_after = {}, .error_type = type, .error_message = message,
                                .detail_code = code}, kNow, ErrorDialect::kOpenAi).kind;
}

TEST(OpenAiOutcomeTest, StatusesMeanTheSameAsInTheOtherDialectWhenNothingElseIsSaid) {
  for (const int status : {301, 400, 401, 402, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 498, 500, 502, 503,
                           504, 520, 524, 529}) {
    EXPECT_EQ(openai_kind(status, "", "", ""), kind_of(status)) << status;
  }
}

TEST(OpenAiOutcomeTest, MissingModelIsKnownWhateverItsStatus) {
  EXPECT_EQ(openai_kind(400, "invalid_request_error", "model_not_found", ""), AttemptOutcome::kModelMissing);
  EXPECT_EQ(openai_kind(403, "invalid_request_error", "model_not_found",
                        "Project `proj_x` does not have access to model `gpt-5`"), AttemptOutcome::kModelMissing);
  EXPECT_EQ(openai_kind(400, "invalid_model", "1500", "Invalid model: foo"), AttemptOutcome::kModelMissing);
  for (const std::string_view message : {
           "The model `gpt-x` does not exist or you do not have access to it.", "Model Not Exist",
           "models/foo is not found for API version v1main, or is not supported for generateContent",
           "model \"foo\" not found, try pulling it first", "model 'foo' was not found",
           "foo/bar is not a valid model ID", "The requested model 'foo' does not exist",
           "Invalid model name passed in model=foo. Call `/v1/models` to view available models",
           "The provided model identifier is invalid."}) {
    EXPECT_EQ(openai_kind(400, "invalid_request_error", "", message), AttemptOutcome::kModelMissing) << message;
  }
}

TEST(OpenAiOutcomeTest, OtherThingsThatAreMissingAreNoModel) {
  for (const std::string_view message : {
           "No tool output found for function call call_1.", "Tool 'search' not found in request.tools",
           "The model produced invalid content: the tool 'search' not found among those given",
           "registry.ollama.ai/library/foo:latest does not support tools",
           "Unsupported parameter: 'max_tokens' is not supported with this model.",
           "Invalid 'messages[0]': the file /tmp/model does not exist"}) {
    EXPECT_EQ(openai_kind(400, "invalid_request_error", "", message), AttemptOutcome::kRequestFault) << message;
  }
}

TEST(OpenAiOutcomeTest, RejectedKeyIsKnownInsideABadRequest) {
  EXPECT_EQ(openai_kind(400, "invalid_request_error", "invalid_api_key", ""), AttemptOutcome::kCredentialsRejected);
  EXPECT_EQ(openai_kind(400, "INVALID_ARGUMENT", "400", "API key not valid. Please pass a valid API key."),
            AttemptOutcome::kCredentialsRejected);
  EXPECT_EQ(openai_kind(400, "INVALID_ARGUMENT", "400", "API key expired. Please renew the API key."),
            AttemptOutcome::kCredentialsRejected);
  // What the request itself says is not the provider's word.
  EXPECT_EQ(openai_kind(400, "", "", "Invalid 'tools[0].name': 'api key not valid'"), AttemptOutcome::kRequestFault);
}

TEST(OpenAiOutcomeTest, RefusedContentIsTheRequestsOwnFault) {
  for (const int status : {400, 403, 422}) {
    for (const std::string_view code :
         {"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"}) {
      EXPECT_EQ(openai_kind(status, "", code, ""), AttemptOutcome::kRequestFault) << status << code;
    }
    EXPECT_EQ(openai_kind(status, "", "", "The response was filtered due to the prompt triggering Azure OpenAI's "
                                          "content management policy."), AttemptOutcome::kRequestFault);
  }
}

TEST(OpenAiOutcomeTest, ModerationIsTheRequestsOwnFaultInThisDialectOnly) {
  const ErrorAnswer answer{.status = 403, .retry_after = {}, .error_type = {}, .error_message = "flagged",
                           .detail_code = {}, .moderation = true};

  EXPECT_EQ(classify_error_answer(answer, kNow, ErrorDialect::kOpenAi).kind, AttemptOutcome::kRequestFault);
  EXPECT_EQ(classify_error_answer(answer, kNow).kind, AttemptOutcome::kCredentialsRejected);
}

TEST(OpenAiOutcomeTest, ExhaustedAccountIsKnownByItsCode) {
  EXPECT_EQ(openai_kind(429, "insufficient_quota", "insufficient_quota", ""), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(openai_kind(429, "billing_not_active", "billing_not_active", ""), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(openai_kind(403, "", "insufficient_user_quota", ""), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(openai_kind(400, "", "Arrearage", ""), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(openai_kind(402, "unknown_error", "", "Insufficient Balance"), AttemptOutcome::kQuotaExhausted);
  EXPECT_EQ(openai_kind(429, "exceeded_current_quota_error", "", ""), AttemptOutcome::kQuotaExhausted);

  EXPECT_EQ(openai_kind(429, "tokens", "rate_limit_exceeded", ""), AttemptOutcome::kRateLimited);
  EXPECT_EQ(openai_kind(429, "engine_overloaded_error", "", ""), AttemptOutcome::kRateLimited);
}

TEST(OpenAiOutcomeTest, WordsOfThisDialectMeanNothingInTheOther) {
  EXPECT_EQ(kind_of(400, "invalid_request_error", "The model `x` does not exist", "model_not_found"),
            AttemptOutcome::kRequestFault);
  EXPECT_EQ(kind_of(400, "invalid_request_error", "API key not valid", "invalid_api_key"),
            AttemptOutcome::kRequestFault);
  EXPECT_EQ(kind_of(403, "permission_error", "", "content_filter"), AttemptOutcome::kCredentialsRejected);
}

struct DocumentCase {
  int status;
  std::string_view type;
  std::string_view code;
  std::string_view message;
  AttemptOutcome kind;
  int outcome_status;
  bool overloaded = false;
};

TEST(OpenAiOutcomeTest, ErrorDocumentCountsAsItsStatusCodeTypeOrWords) {
  using enum AttemptOutcome;
  constexpr DocumentCase kCases[] = {
      {429, "", "429", "x", kRateLimited, 429},
      {503, "", "503", "Overloaded", kTransient, 503, true},
      {402, "", "402", "credits", kQuotaExhausted, 402},
      {401, "", "401", "", kCredentialsRejected, 401},
      {400, "", "context_length_exceeded", "", kRequestFault, 400},
      {0, "rate_limit_error", "", "", kRateLimited, 429},
      {0, "requests", "rate_limit_exceeded", "", kRateLimited, 429},
      {0, "RateLimitError", "", "", kRateLimited, 429},
      {0, "RESOURCE_EXHAUSTED", "", "", kRateLimited, 429},
      {0, "insufficient_quota", "insufficient_quota", "", kQuotaExhausted, 429},
      {0, "overloaded_error", "", "", kTransient, 529, true},
      {0, "server_error", "server_is_overloaded", "", kTransient, 529, true},
      {0, "server_error", "", "The server is overloaded or not ready yet.", kTransient, 529, true},
      {0, "service_unavailable", "", "", kTransient, 503, true},
      {0, "BadRequestError", "", "", kRequestFault, 400},
      {0, "INVALID_ARGUMENT", "", "", kRequestFault, 400},
      {0, "invalid_request_error", "content_filter", "", kRequestFault, 400},
      {0, "invalid_request_error", "invalid_api_key", "", kCredentialsRejected, 401},
      {0, "AuthenticationError", "", "", kCredentialsRejected, 401},
      {0, "invalid_request_error", "model_not_found", "", kModelMissing, 404},
      {0, "NotFoundError", "", "", kModelMissing, 404},
      {0, "server_error", "timeout", "", kTimeout, 504},
      {0, "DEADLINE_EXCEEDED", "", "", kTimeout, 504},
      {0, "server_error", "", "boom", kTransient, 500},
      {0, "", "", "prompt is too long", kRequestFault, 400},
      {0, "something_new", "1301", "boom", kTransient, 500},
      {0, "", "", "", kTransient, 500},
  };
  for (const DocumentCase& expected : kCases) {
    const UpstreamOutcome outcome =
        classify_error_document({.status = expected.status, .retry_after = {}, .error_type = expected.type,
                                 .error_message = expected.message, .detail_code = expected.code});
    EXPECT_EQ(outcome.kind, expected.kind) << expected.type << expected.code << expected.message;
    EXPECT_EQ(outcome.status, expected.outcome_status) << expected.type << expected.code << expected.message;
    EXPECT_EQ(outcome.overloaded, expected.overloaded) << expected.type << expected.code << expected.message;
    EXPECT_THAT(outcome.detail, HasSubstr("inside an answer of status 200"));
  }
}

TEST(OpenAiOutcomeTest, DetailOfAnErrorDocumentIsNeverTheProvidersText) {
  const UpstreamOutcome outcome = classify_error_document({.status = 0, .retry_after = {}, .error_type = "sk-123",
      .error_message = "sk-123", .detail_code = "sk-123"});

  EXPECT_THAT(outcome.detail, Not(HasSubstr("sk-123")));
}

TEST(UpstreamOutcomeTest, TimeoutsAndOtherFailuresOfTheWireAreToldApart) {
  using enum UpstreamFailureKind;
  const auto kind = [](UpstreamFailureKind failure) { return classify_failure({failure, "", false}).kind; };

  for (const auto failure : {kConnectTimeout, kTlsTimeout, kFirstByteTimeout, kIdleTimeout, kTotalTimeout}) {
    EXPECT_EQ(kind(failure), AttemptOutcome::kTimeout) << to_string(failure);
  }
  for (const auto failure : {kResolve, kConnect, kProxy, kTls, kResetBeforeHead, kTruncated, kMalformed, kTooLarge}) {
    EXPECT_EQ(kind(failure), AttemptOutcome::kTransient) << to_string(failure);
  }
  EXPECT_EQ(kind(kCancelled), AttemptOutcome::kClientGone);
}

TEST(UpstreamOutcomeTest, OnlyATimeoutBehindAWholeRequestMayBeBilled) {
  using enum UpstreamFailureKind;
  const auto read_timeout = [](UpstreamFailureKind failure) { return classify_failure({failure, "", false}).read_timeout; };

  for (const auto failure : {kFirstByteTimeout, kIdleTimeout}) EXPECT_TRUE(read_timeout(failure)) << to_string(failure);
  for (const auto failure : {kConnectTimeout, kTlsTimeout, kTotalTimeout, kConnect, kTruncated, kCancelled}) {
    EXPECT_FALSE(read_timeout(failure)) << to_string(failure);
  }
}

TEST(UpstreamOutcomeTest, FailureOfTheWireKeepsItsWordsAndHasNoStatus) {
  const UpstreamOutcome outcome = classify_failure({UpstreamFailureKind::kConnect, "connection refused", false});

  EXPECT_EQ(outcome.detail, "connection refused");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(classify_failure({UpstreamFailureKind::kConnect, "", false}).detail, to_string(UpstreamFailureKind::kConnect));
}

TEST(UpstreamOutcomeTest, UnusableAnswerIsTransient) {
  const UpstreamOutcome outcome = unusable_answer("HTML instead of an answer");

  EXPECT_EQ(outcome.kind, AttemptOutcome::kTransient);
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.detail, "HTML instead of an answer");
}

}  // namespace
}  // namespace balancer::gateway
