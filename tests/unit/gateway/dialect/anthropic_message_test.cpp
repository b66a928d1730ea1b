#include "gateway/dialect/anthropic_message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

TokenUsage usage_of(std::string_view json) {
  TokenUsage usage;
  read_usage(json, usage);
  return usage;
}

TEST(AnthropicMessageTest, ReadsTheUsageOfAMessage) {
  const TokenUsage usage = usage_of(R"({"id":"msg_1","content":[{"type":"text","text":"usage"}],)"
                                    R"("usage":{"output_tokens":7,"cache_read_input_tokens":100,"input_tokens":10}})");

  EXPECT_EQ(usage.input_token_count, 110);
  EXPECT_EQ(usage.output_token_count, 7);
}

TEST(AnthropicMessageTest, ReadsTheUsageInsideAMessageStart) {
  const TokenUsage usage = usage_of(R"({"message":{"usage":{"input_tokens":3,"output_tokens":1}},"type":"message_start"})");

  EXPECT_EQ(usage.input_token_count, 3);
  EXPECT_EQ(usage.output_token_count, 1);
}

TEST(AnthropicMessageTest, FieldsThatAreNoNumbersCountAsAbsent) {
  const TokenUsage usage = usage_of(R"({"usage":{"input_tokens":null,"cache_creation_input_tokens":"5",)"
                                    R"("cache_read_input_tokens":{"x":1},"output_tokens":9}})");

  EXPECT_EQ(usage.input_token_count, 0);
  EXPECT_EQ(usage.output_token_count, 9);
}

TEST(AnthropicMessageTest, DocumentsWithoutUsageChangeNothing) {
  for (const char* json : {"", "null", "[]", "{}", "{\"usage\":null}", "{\"usage\":7}", "{\"message\":7}", "not json",
                           "{\"message\":{\"usage\":[]}}", "{\"usage\":{\"input_tokens\":"}) {
    TokenUsage usage;
    read_usage(R"({"usage":{"input_tokens":5,"output_tokens":6}})", usage);

    read_usage(json, usage);

    EXPECT_EQ(usage.input_token_count, 5) << json;
    EXPECT_EQ(usage.output_token_count, 6) << json;
  }
}

// A provider's spelling of its text is between it and the client.
TEST(AnthropicMessageTest, UsageIsReadWhateverEscapesStandBesideIt) {
  for (const char* text : {R"(\x)", R"(\u12)", R"(\u)", R"(\ud800)", R"(\\)"}) {
    const std::string json = R"({"text":")" + std::string(text) + R"(","u)" + text + R"(":1,"usage":{"input_tokens":5,"o)" +
                             text + R"(":2}})";

    EXPECT_EQ(usage_of(json).input_token_count, 5) << json;
  }
}

TEST(AnthropicMessageTest, ReadsAnError) {
  const auto error = read_error(R"({"type":"error","request_id":"r","error":{"message":"no \"credit\"",)"
                                R"("details":{"error_code":"enforced_spend_limit_reached"},"type":"rate_limit_error"}})");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->type, "rate_limit_error");
  EXPECT_EQ(error->message, "no \"credit\"");
  EXPECT_EQ(error->detail_code, "enforced_spend_limit_reached");
}

TEST(AnthropicMessageTest, ErrorNeedsNeitherTypeNorDetails) {
  const auto error = read_error(R"({"error":{"message":"x","type":7,"details":"none"}})");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "x");
  EXPECT_EQ(error->type, "");
  EXPECT_EQ(error->detail_code, "");
}

TEST(AnthropicMessageTest, OtherDocumentsAreNoErrors) {
  for (const char* json : {"", "[]", "{}", "null", "<html>", R"({"error":"text"})", R"({"error":null})",
                           R"([{"error":{}}])", R"({"message":{"error":{}}})", R"({"error":{"type":"x")"}) {
    EXPECT_FALSE(read_error(json)) << json;
  }
}

TEST(AnthropicMessageTest, ErrorsOfAbsurdSizeOrDepthAreNotRead) {
  EXPECT_FALSE(read_error(R"({"error":{"message":")" + std::string(300'000, 'x') + "\"}}"));
  EXPECT_FALSE(read_error(R"({"error":{"x":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}}"));
}

// What a provider sends is never trusted to be JSON: this one brought the process down.
TEST(ReadUsageTest, BrokenJsonSaysNothing) {
  const std::string broken =
      R"({"type":"message_start","message":{"id":"m","content":[],"stop_reason":null,"stop_sequenype":"error","error":)"
      R"({"type":"overloaded_error","message":"Overloaded"}})";
  for (std::size_t length = 0; length <= broken.size(); ++length) {
    TokenUsage usage;
    usage.output_token_count = 7;
    read_usage(broken.substr(0, length), usage);
    EXPECT_EQ(usage.output_token_count, 7) << length;
  }
  for (const char* const text : {"", "[", "null", "7", R"({"usage" 1})", R"({"usage":{"input_tokens":}})",
                                 R"({"usage":7,"message":{"usage":[1]}})", R"({"message":7})"}) {
    TokenUsage usage;
    read_usage(text, usage);
    EXPECT_EQ(usage.input_token_count, 0) << text;
  }
}

}  // namespace
}  // namespace balancer::gateway
