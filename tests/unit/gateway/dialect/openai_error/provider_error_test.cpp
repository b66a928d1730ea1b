#include "gateway/dialect/openai_error/provider_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

using testing::HasSubstr;

struct ErrorBody {
  std::string_view provider;
  std::string_view body;
  std::string_view type;
  std::string_view code;
  std::string_view message;
  std::string_view param;
  int status = 0;
};

constexpr ErrorBody kBodies[] = {
    {"OpenAI",
     R"({"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use )"
     R"('max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens",)"
     R"("code":"unsupported_parameter"}})",
     "invalid_request_error", "unsupported_parameter",
     "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
     "max_tokens", 0},
    {"OpenAI, nulls",
     R"({"error":{"message":"boom","type":"server_error","param":null,"code":null}})", "server_error", "",
     "boom", "", 0},
    {"Azure, content filter",
     R"({"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management )"
     R"(policy.","type":null,"param":"prompt","code":"content_filter","status":400,)"
     R"("innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,)"
     R"("severity":"high"}}}}})",
     "", "content_filter",
     "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", "prompt", 400},
    {"Azure, inner code alone",
     R"({"error":{"message":"filtered","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})", "",
     "ResponsibleAIPolicyViolation", "filtered", "", 400},
    {"Azure, gateway", R"({"statusCode":401,"message":"Unauthorized. Access token is missing."})", "", "",
     "Unauthorized. Access token is missing.", "", 401},
    {"OpenRouter",
     R"({"error":{"message":"No endpoints found for foo/bar.","code":404},"user_id":"user_2x"})", "", "404",
     "No endpoints found for foo/bar.", "", 404},
    {"vLLM",
     R"({"object":"error","message":"The model `foo` does not exist.","type":"NotFoundError","param":null,"code":404})",
     "NotFoundError", "404", "The model `foo` does not exist.", "", 404},
    {"vLLM, newer",
     R"({"error":{"message":"bad","type":"BadRequestError","param":null,"code":400}})", "BadRequestError",
     "400", "bad", "", 400},
    {"vLLM, FastAPI",
     R"({"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted",)"
     R"("input":{"a":1}},{"loc":["body","messages",0,"role"],"msg":"Field required"}]})",
     "", "", "body.stream_options: Extra inputs are not permitted; body.messages.0.role: Field required", "", 0},
    {"FastAPI", R"({"detail":"Not Found"})", "", "", "Not Found", "", 0},
    {"FastAPI, nested",
     R"({"detail":{"error":{"message":"no such deployment"}}})", "", "", "no such deployment", "", 0},
    {"Ollama", R"({"error":"model 'foo' not found"})", "", "", "model 'foo' not found", "", 0},
    {"Ollama, compatible",
     R"({"error":{"message":"model \"foo\" not found, try pulling it first","type":"api_error","param":null,)"
     R"("code":null}})",
     "api_error", "", "model \"foo\" not found, try pulling it first", "", 0},
    {"Gemini",
     R"([{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT",)"
     R"("details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}])",
     "INVALID_ARGUMENT", "400", "API key not valid. Please pass a valid API key.", "", 400},
    {"Mistral",
     R"({"object":"error","message":"Invalid model: foo","type":"invalid_model","param":null,"code":"1500"})",
     "invalid_model", "1500", "Invalid model: foo", "", 0},
    {"Mistral, validation",
     R"({"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],)"
     R"("msg":"Extra inputs are not permitted","input":{}}]},"type":"invalid_request_error","param":null,"code":null})",
     "invalid_request_error", "", "body.stream_options: Extra inputs are not permitted", "", 0},
    {"Mistral, gateway", R"({"message":"Unauthorized","request_id":"0f1e"})", "", "", "Unauthorized", "", 0},
    {"DeepSeek",
     R"({"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,)"
     R"("code":"invalid_request_error"}})",
     "unknown_error", "invalid_request_error", "Insufficient Balance", "", 0},
    {"Groq",
     R"({"error":{"message":"The model `foo` does not exist or you do not have access to it.",)"
     R"("type":"invalid_request_error","code":"model_not_found"}})",
     "invalid_request_error", "model_not_found", "The model `foo` does not exist or you do not have access to it.", "",
     0},
    {"Together",
     R"({"id":"oX","error":{"message":"Invalid API key provided.","type":"invalid_request_error","param":null,)"
     R"("code":"invalid_api_key"}})",
     "invalid_request_error", "invalid_api_key", "Invalid API key provided.", "", 0},
    {"Cloudflare",
     R"({"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null})",
     "", "10000", "Authentication error", "", 0},
    {"errors as texts", R"({"errors":["first","second"]})", "", "", "first; second", "", 0},
    {"NVIDIA", R"({"status":402,"title":"Payment Required","detail":"Account has no credits"})", "", "",
     "Account has no credits", "", 402},
    {"a string and words", R"({"error":"invalid_token","message":"The token expired"})", "", "invalid_token",
     "The token expired", "", 0},
    {"Anthropic",
     R"({"type":"error","error":{"type":"rate_limit_error","message":"slow down",)"
     R"("details":{"error_code":"enforced_spend_limit_reached"}}})",
     "rate_limit_error", "enforced_spend_limit_reached", "slow down", "", 0},
    {"no words", R"({"object":"error"})", "", "", "", "", 0},
    {"first chunk of a stream", R"({"error":{"message":"Overloaded","code":503}})", "", "503", "Overloaded", "", 503},
    {"code as text", R"({"error":{"message":"x","code":"429"}})", "", "429", "x", "", 429},
    {"code that is no status", R"({"error":{"message":"x","code":1301}})", "", "1301", "x", "", 0},
    {"code of a success", R"({"error":{"message":"x","code":200}})", "", "200", "x", "", 0},
    {"error next to choices",
     R"({"id":"gen-1","choices":[{"delta":{},"finish_reason":"error"}],"error":{"code":"server_error",)"
     R"("message":"Provider disconnected"}})",
     "", "server_error", "Provider disconnected", "", 0},
};

TEST(ProviderErrorTest, ErrorsOfEveryShapeAreRead) {
  for (const ErrorBody& expected : kBodies) {
    const std::optional<ProviderError> error = read_provider_error(expected.body);
    ASSERT_TRUE(error) << expected.provider;
    EXPECT_EQ(error->type, expected.type) << expected.provider;
    EXPECT_EQ(error->code, expected.code) << expected.provider;
    EXPECT_EQ(error->message, expected.message) << expected.provider;
    EXPECT_EQ(error->param, expected.param) << expected.provider;
    EXPECT_EQ(error->status, expected.status) << expected.provider;
    EXPECT_FALSE(error->moderation) << expected.provider;
  }
}

TEST(ProviderErrorTest, WhatIsNoErrorIsNotTakenForOne) {
  constexpr std::string_view kOthers[] = {
      R"({"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",)"
      R"("content":"error"}}]})",
      R"({"choices":[],"usage":{"prompt_tokens":1}})",
      R"({"error":null,"choices":[]})",
      R"({"error":{},"choices":[{"delta":{"content":"x"}}]})",
      R"({"error":"","choices":[]})",
      R"({"message":"not the error's","choices":[]})",
      R"({"object":"list","data":[{"id":"gpt-5","title":"A model"}]})",
      R"({"model":"llama3","message":{"role":"assistant","content":"hi"},"done":true})",
      R"({"type":"message_start","message":{"id":"msg_1","content":[]}})",
      R"({"title":"a document"})",
      R"({"errors":[]})",
      R"({"detail":null})",
      R"({})", R"([])", R"([1,"error",null,{"a":1}])", R"("error")", "429", "null",
      "", " ", "<html><body>502</body></html>", "data: {}", R"({"error":{"message":"cut)",
  };
  for (const std::string_view other : kOthers) EXPECT_FALSE(read_provider_error(other)) << other;
}

TEST(ProviderErrorTest, ModerationIsToldByItsReasons) {
  const auto error = read_provider_error(
      R"({"error":{"code":403,"message":"Input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…",)"
      R"("provider_name":"OpenAI"}}})");

  ASSERT_TRUE(error);
  EXPECT_TRUE(error->moderation);
  EXPECT_EQ(error->status, 403);
  EXPECT_FALSE(read_provider_error(R"({"error":{"code":403,"message":"x","metadata":{"reasons":[]}}})")->moderation);
}

TEST(ProviderErrorTest, ErrorOfTheProviderBehindAnAggregatorIsReadToo) {
  const auto error = read_provider_error(
      R"({"error":{"message":"Provider returned error","code":400,"metadata":{"provider_name":"OpenAI",)"
      R"("raw":"{\n  \"error\": {\n    \"message\": \"Unsupported value: 'temperature'\",)"
      R"(\n    \"type\": \"invalid_request_error\",\n    \"param\": \"temperature\",)"
      R"(\n    \"code\": \"unsupported_value\"\n  }\n}"}}})");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "Provider returned error: Unsupported value: 'temperature'");
  EXPECT_EQ(error->code, "unsupported_value");
  EXPECT_EQ(error->param, "temperature");
  EXPECT_EQ(error->status, 400);
}

TEST(ProviderErrorTest, TextOfTheProviderBehindAnAggregatorLosesItsTags) {
  const auto error = read_provider_error(
      R"({"error":{"message":"Provider returned error","code":502,)"
      R"("metadata":{"raw":"<html><h1>Bad Gateway</h1></html>"}}})");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "Provider returned error: Bad Gateway");
  EXPECT_EQ(error->code, "502");
}

TEST(ProviderErrorTest, InvalidUtf8InAMessageIsReplaced) {
  const auto error = read_provider_error("{\"error\":{\"message\":\"caf\xe9\"}}");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "caf\xef\xbf\xbd");
  EXPECT_EQ(read_provider_error(R"({"error":{"message":"\ud83d!"}})")->message, "\xef\xbf\xbd!");
}

TEST(ProviderErrorTest, OversizedDocumentIsNotRead) {
  const std::string body = R"({"error":{"message":")" + std::string(256 * 1024, 'x') + R"("}})";

  EXPECT_FALSE(read_provider_error(body));
}

TEST(ProviderErrorTest, NestingIsBounded) {
  std::string nested = R"({"message":"deep"})";
  for (int i = 0; i < 100; ++i) nested = R"({"error":)" + nested + "}";
  const std::string deeper = std::string(100'000, '[') + std::string(100'000, ']');

  const auto error = read_provider_error(nested);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "");
  EXPECT_FALSE(read_provider_error(deeper));
}

TEST(ProviderErrorTest, FieldsOfUnexpectedKindsSayNothing) {
  const auto error = read_provider_error(
      R"({"error":{"message":["a",{"msg":"b"},3,null],"type":{"a":1},"code":true,"param":["x"],"metadata":"m",)"
      R"("innererror":7}})");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "a; b");
  EXPECT_EQ(error->type, "");
  EXPECT_EQ(error->code, "");
  EXPECT_EQ(error->param, "");
  EXPECT_EQ(read_provider_error(R"({"error":{"code":1e999}})")->status, 0);
  EXPECT_EQ(read_provider_error(R"({"error":{"code":-429}})")->status, 0);
  EXPECT_EQ(read_provider_error(R"({"error":{"code":42900000000000000000000}})")->status, 0);
}

}  // namespace
}  // namespace balancer::gateway
