#include "common/error/http_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace balancer {
namespace {

using Json = nlohmann::json;

struct Form {
  ErrorCode code;
  int status;
  std::string_view type;
};

TEST(HttpErrorTest, EveryCodeHasTheStatusAndTypeThatClientsKnow) {
  constexpr Form kForms[] = {
      {ErrorCode::kInvalidRequest, 400, "invalid_request_error"},
      {ErrorCode::kAuthentication, 401, "authentication_error"},
      {ErrorCode::kBilling, 402, "billing_error"},
      {ErrorCode::kPermission, 403, "permission_error"},
      {ErrorCode::kNotFound, 404, "not_found_error"},
      {ErrorCode::kMethodNotAllowed, 405, "invalid_request_error"},
      {ErrorCode::kRequestTimeout, 408, "timeout_error"},
      {ErrorCode::kConflict, 409, "conflict_error"},
      {ErrorCode::kRequestTooLarge, 413, "request_too_large"},
      {ErrorCode::kUriTooLong, 414, "invalid_request_error"},
      {ErrorCode::kUnsupportedCoding, 415, "invalid_request_error"},
      {ErrorCode::kExpectationFailed, 417, "invalid_request_error"},
      {ErrorCode::kRateLimited, 429, "rate_limit_error"},
      {ErrorCode::kHeadersTooLarge, 431, "invalid_request_error"},
      {ErrorCode::kInternal, 500, "api_error"},
      {ErrorCode::kNotImplemented, 501, "invalid_request_error"},
      {ErrorCode::kBadGateway, 502, "api_error"},
      {ErrorCode::kUnavailable, 503, "api_error"},
      {ErrorCode::kGatewayTimeout, 504, "timeout_error"},
      {ErrorCode::kLoopDetected, 508, "api_error"},
      {ErrorCode::kOverloaded, 529, "overloaded_error"},
  };
  for (const Form& form : kForms) {
    EXPECT_EQ(http_form(form.code).status, form.status);
    EXPECT_EQ(http_form(form.code).type, form.type) << form.status;
  }
}

TEST(HttpErrorTest, StatusOfAProviderNamesItsAnthropicType) {
  const std::pair<int, std::string_view> kTypes[] = {
      {400, "invalid_request_error"}, {401, "authentication_error"}, {402, "billing_error"},
      {403, "permission_error"},      {404, "not_found_error"},      {408, "timeout_error"},
      {409, "conflict_error"},        {413, "request_too_large"},    {422, "invalid_request_error"},
      {429, "rate_limit_error"},      {500, "api_error"},            {502, "api_error"},
      {503, "overloaded_error"},      {504, "timeout_error"},        {529, "overloaded_error"},
      {418, "api_error"},             {302, "api_error"},
  };
  for (const auto& [status, type] : kTypes) EXPECT_EQ(anthropic_error_type(status), type) << status;
}

TEST(HttpErrorTest, BodyIsTheAnthropicEnvelope) {
  EXPECT_EQ(anthropic_error_body({ErrorCode::kOverloaded, "busy", {}}, "req_1"),
            R"({"type":"error","error":{"type":"overloaded_error","message":"busy"},"request_id":"req_1"})");
}

TEST(HttpErrorTest, DetailCodeStandsUnderDetails) {
  const Json body = Json::parse(
      anthropic_error_body({ErrorCode::kInvalidRequest, "no", "request_body_encoding_unsupported"}, "req_1"));

  EXPECT_EQ(body["error"]["details"]["error_code"], "request_body_encoding_unsupported");
}

TEST(HttpErrorTest, HostileTextStaysInsideItsString) {
  const std::string hostile = "\"},\"x\":{\"\\ \r\n\t</script>\x01";

  const Json body = Json::parse(anthropic_error_body("api_error", hostile, "req_\"1"));

  EXPECT_EQ(body["error"]["message"], hostile);
  EXPECT_EQ(body["request_id"], "req_\"1");
  EXPECT_EQ(body.size(), 3u);
}

TEST(HttpErrorTest, BodyIsOneLineWhateverTheText) {
  EXPECT_EQ(anthropic_error_body("api_error", "a\nb\r\n\r\nc", "r").find_first_of("\r\n"), std::string::npos);
}

TEST(HttpErrorTest, InvalidUtf8IsReplaced) {
  const std::string text = anthropic_error_body("api_error", "a\xff\xfe" "b\xe2\x82", "req_\x80");

  EXPECT_EQ(Json::parse(text)["error"]["message"], "a\xef\xbf\xbd\xef\xbf\xbd" "b\xef\xbf\xbd");
}

TEST(HttpErrorTest, SharedBodyServesBothFamiliesOfClients) {
  const Json body = Json::parse(shared_error_body({ErrorCode::kNotFound, "model: x\xff", {}}, "req_1"));

  EXPECT_EQ(body["type"], "error");
  EXPECT_EQ(body["error"]["type"], "not_found_error");
  EXPECT_EQ(body["error"]["message"], "model: x\xef\xbf\xbd");
  EXPECT_TRUE(body["error"].contains("param"));
  EXPECT_TRUE(body["error"].contains("code"));
  EXPECT_EQ(body["request_id"], "req_1");
}

TEST(HttpErrorTest, ValueOfAFailedResultThrows) {
  const Result<int> failed = Error{ErrorCode::kInternal, "no number", {}};

  EXPECT_THROW((void)failed.value(), std::runtime_error);
}

}  // namespace
}  // namespace balancer
