#include "gateway/dialect/anthropic_stream_tee.hpp"

#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

std::string event(std::string_view name, std::string_view data) {
  return "event: " + std::string(name) + "\ndata: " + std::string(data) + "\n\n";
}

const std::string kStart = event("message_start", R"({"type":"message_start","message":{"id":"msg_1","usage":)"
                                                  R"({"input_tokens":25,"cache_creation_input_tokens":10,)"
                                                  R"("cache_read_input_tokens":100,"output_tokens":1}}})");
const std::string kPing = event("ping", R"({"type":"ping"})");
const std::string kDelta = event("content_block_delta", R"({"type":"content_block_delta","index":0,"delta":{}})");
const std::string kStop = event("message_stop", R"({"type":"message_stop"})");

AnthropicStreamTee fed(std::string_view stream) {
  AnthropicStreamTee tee;
  EXPECT_TRUE(tee.feed(stream));
  return tee;
}

AnthropicStreamTee ended(std::string_view stream) {
  AnthropicStreamTee tee = fed(stream);
  tee.finish();
  return tee;
}

TEST(AnthropicStreamTeeTest, StartAloneIsNothingThatAClientCanUse) {
  const AnthropicStreamTee tee = fed(kStart);

  EXPECT_TRUE(tee.started());
  EXPECT_FALSE(tee.substantive());
  EXPECT_FALSE(tee.failed());
  EXPECT_FALSE(tee.complete());
}

TEST(AnthropicStreamTeeTest, PingsAndCommentsAreNotSubstantive) {
  const AnthropicStreamTee tee = fed(kPing + ": c\n\n" + kStart + kPing);

  EXPECT_FALSE(tee.substantive());
  EXPECT_TRUE(fed(kPing).usage().output_token_count == 0);
  EXPECT_FALSE(fed(kPing).started());
}

TEST(AnthropicStreamTeeTest, ContentIsSubstantive) {
  EXPECT_TRUE(fed(kStart + event("content_block_start", "{}")).substantive());
  EXPECT_TRUE(fed(kStart + kDelta).substantive());
}

TEST(AnthropicStreamTeeTest, UnknownEventsAreSubstantive) {
  EXPECT_TRUE(fed(kStart + event("future", R"({"type":"future"})")).substantive());
}

TEST(AnthropicStreamTeeTest, HalfAnEventDoesNotCountYet) {
  EXPECT_FALSE(fed(kStart + "event: content_block_start\ndata: {}\n").substantive());
}

TEST(AnthropicStreamTeeTest, PingsCommentsAndMoreStartsAreNoContent) {
  const auto content_of = [](const std::string& stream) { return fed(stream).content_events(); };

  EXPECT_EQ(content_of(kPing + ": c\n\n" + kPing), 0U);
  EXPECT_EQ(content_of(kStart + kPing), 1U);
  EXPECT_EQ(content_of(kStart + kStart + kStart), 1U);
  EXPECT_EQ(content_of(kStart + kDelta + kPing + kDelta), 3U);
  EXPECT_EQ(content_of(kStart + event("future", "{}")), 2U);
  EXPECT_EQ(content_of(kStart + "event: content_block_delta\ndata: {}\n"), 1U);
}

TEST(AnthropicStreamTeeTest, MessageStopCompletesTheStream) {
  EXPECT_TRUE(fed(kStart + kDelta + kStop).complete());
  EXPECT_FALSE(fed(kStart + kDelta).complete());
}

TEST(AnthropicStreamTeeTest, UsageOfTheStartCountsCachedInput) {
  EXPECT_EQ(fed(kStart).usage().input_token_count, 135);
  EXPECT_EQ(fed(kStart).usage().output_token_count, 1);
}

TEST(AnthropicStreamTeeTest, UsageOfTheDeltaReplacesTheFieldsThatItHas) {
  const auto usage_after = [](const std::string& usage) {
    return fed(kStart + event("message_delta", R"({"type":"message_delta","delta":{},"usage":)" + usage + "}")).usage();
  };

  EXPECT_EQ(usage_after(R"({"output_tokens":15})").output_token_count, 15);
  EXPECT_EQ(usage_after(R"({"output_tokens":15})").input_token_count, 135);
  EXPECT_EQ(usage_after(R"({"input_tokens":30,"output_tokens":15})").input_token_count, 140);
  EXPECT_EQ(usage_after(R"({"cache_read_input_tokens":0})").input_token_count, 35);
  EXPECT_EQ(usage_after(R"({"cache_read_input_tokens":0})").output_token_count, 1);
  EXPECT_EQ(usage_after(R"({"input_tokens":1,"cache_creation_input_tokens":2,"cache_read_input_tokens":3})").input_token_count, 6);
}

TEST(AnthropicStreamTeeTest, ErrorIsReadAndIsNotSubstantive) {
  const AnthropicStreamTee tee =
      fed(kStart + event("error", R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"));

  EXPECT_TRUE(tee.failed());
  EXPECT_FALSE(tee.substantive());
  EXPECT_EQ(tee.error_type(), "overloaded_error");
  EXPECT_EQ(tee.error_message(), "Overloaded");
}

TEST(AnthropicStreamTeeTest, ErrorNeedsNoEventLine) {
  for (const char* data : {R"({"type":"error","error":{"type":"api_error","message":"x"}})",
                           R"({"type": "error", "error": {"type": "api_error", "message": "x"}})",
                           R"({"error":{"message":"x","type":"api_error"}})"}) {
    const AnthropicStreamTee tee = fed("data: " + std::string(data) + "\n\n");

    EXPECT_TRUE(tee.failed()) << data;
    EXPECT_FALSE(tee.substantive()) << data;
    EXPECT_EQ(tee.error_type(), "api_error") << data;
  }
}

TEST(AnthropicStreamTeeTest, ErrorOfAnyShapeIsAnError) {
  const AnthropicStreamTee tee = fed(event("error", "oops"));

  EXPECT_TRUE(tee.failed());
  EXPECT_EQ(tee.error_type(), "");
}

TEST(AnthropicStreamTeeTest, LastEventNeedsNoBlankLine) {
  EXPECT_TRUE(ended(kStart + kDelta + "event: message_stop\ndata: {\"type\":\"message_stop\"}").complete());
  EXPECT_TRUE(ended("event: error\ndata: {\"error\":{\"type\":\"api_error\"}}\n").failed());
}

TEST(AnthropicStreamTeeTest, EventCutInItsDataIsNotCounted) {
  EXPECT_FALSE(ended(kStart + kDelta + "event: message_stop\ndata: {\"type\":\"mess").complete());
  EXPECT_FALSE(ended(kStart + "event: content_block_delta\ndata: {\"delta\":{\"text\":\"he").substantive());
  EXPECT_FALSE(ended(kStart + "event: error\ndata: {\"type\":\"err").failed());
}

TEST(AnthropicStreamTeeTest, StreamCanNotBeFollowedBehindAnAbsurdEvent) {
  AnthropicStreamTee tee;

  EXPECT_FALSE(tee.feed("data: " + std::string(SseDecoder::kMaxEventBytes, 'x')));
}

TEST(AnthropicStreamTeeTest, KnowsWhereAnEventMayBePutIn) {
  EXPECT_TRUE(fed(kStart).at_boundary());
  EXPECT_FALSE(fed(kStart + "event: x\n").at_boundary());
}

}  // namespace
}  // namespace balancer::gateway
