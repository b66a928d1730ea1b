// Requests that are too much for a file, or whose conversion is not what counts (protocol.md 2.1, 2.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/conformance/case_request.hpp"

namespace balancer::conformance {
namespace {

using ::testing::StartsWith;

gateway::ConversionResult<gateway::ConvertedRequest> convert(std::string_view request) {
  const ConversionSettings settings;
  return convert_request(request,
                         {.provider = "llm", .upstream_model = "m", .settings = settings, .session_id = ""});
}

std::string request_of(std::size_t messages) {
  std::string request = R"({"model":"claude-test","max_tokens":100,"messages":[)";
  for (std::size_t i = 0; i < messages; ++i) {
    request += i == 0 ? "" : ",";
    request += i % 2 == 0 ? R"({"role":"user","content":"a"})" : R"({"role":"assistant","content":"b"})";
  }
  return request + "]}";
}

// Case 36: it is answered without a provider.
TEST(RequestLimitsTest, ARequestForNoTokensIsRecognised) {
  const auto converted =
      convert(R"({"model":"claude-test","max_tokens":0,"messages":[{"role":"user","content":"Hi"}]})");

  ASSERT_TRUE(converted);
  EXPECT_EQ(converted->reply.max_tokens, 0u);
  EXPECT_EQ(converted->reply.requested_model, "claude-test");
  EXPECT_GE(converted->reply.rough_input_tokens, 1);
}

TEST(RequestLimitsTest, AHundredThousandMessagesAreTaken) {
  EXPECT_TRUE(convert(request_of(99'999)));
}

TEST(RequestLimitsTest, MoreMessagesAreRefused) {
  const auto converted = convert(request_of(100'001));

  ASSERT_FALSE(converted);
  EXPECT_EQ(converted.error().kind, gateway::RefusalKind::kInvalid);
  EXPECT_THAT(converted.error().error.message, StartsWith("messages"));
}

TEST(RequestLimitsTest, ALargeToolResultIsTaken) {
  const std::string text(1'000'000, 'x');

  const auto converted = convert(R"({"model":"claude-test","max_tokens":1,"messages":[{"role":"user","content":"Go"},)"
                                 R"({"role":"assistant","content":)"
                                 R"([{"type":"tool_use","id":"t1","name":"ls","input":{}}]},)"
                                 R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":")" +
                                 text + R"("}]}]})");

  ASSERT_TRUE(converted);
  EXPECT_NE(converted->body.find(text), std::string::npos);
}

}  // namespace
}  // namespace balancer::conformance
