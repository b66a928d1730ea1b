// What counts as content of a stream: a provider that only shows that it is alive must not pass for one that answers.
#include <gtest/gtest.h>

#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"

namespace balancer::gateway {
namespace {

class ChatContentTest : public testing::Test {
 protected:
  // Whether these bytes brought content.
  bool adds(std::string_view bytes) {
    const std::uint64_t before = stream_.content();
    stream_.feed(bytes);
    return stream_.content() > before;
  }
  bool adds_delta(std::string_view delta) {
    return adds(R"(data: {"id":"c","choices":[{"index":0,"delta":)" + std::string(delta) + "}]}\n\n");
  }

  ReplyContext context_;
  ConversionSettings settings_;
  AnthropicStreamWriter writer_{"claude-test"};
  ConversionScratch scratch_;
  ChatStream stream_{context_, settings_, ChatReply::Tools::kLive, writer_, scratch_};
};

TEST_F(ChatContentTest, SignsOfLifeAreNone) {
  EXPECT_FALSE(adds("\n"));
  EXPECT_FALSE(adds(": OPENROUTER PROCESSING\n\n"));
  EXPECT_FALSE(adds_delta(R"({"role":"assistant","content":""})"));
  EXPECT_FALSE(adds_delta("{}"));
  EXPECT_FALSE(adds_delta(R"({"content":null,"tool_calls":[]})"));
  EXPECT_FALSE(adds("data: {\"choices\":[]}\n\n"));
}

TEST_F(ChatContentTest, TextReasoningAndRefusalsAre) {
  EXPECT_TRUE(adds_delta(R"({"reasoning_content":"hm"})"));
  EXPECT_TRUE(adds_delta(R"({"content":"yes"})"));
  EXPECT_TRUE(adds_delta(R"({"content":" "})"));
  EXPECT_TRUE(adds_delta(R"({"refusal":"no"})"));
}

TEST_F(ChatContentTest, PiecesOfAToolCallAreWhenTheyTellSomething) {
  EXPECT_TRUE(adds_delta(R"({"tool_calls":[{"index":0,"id":"t1","function":{"name":"ls","arguments":""}}]})"));
  EXPECT_FALSE(adds_delta(R"({"tool_calls":[{"index":0,"function":{"arguments":""}}]})"));
  EXPECT_FALSE(adds_delta(R"({"tool_calls":[{"index":0,"id":"t1","function":{"name":"ls","arguments":""}}]})"));
  EXPECT_TRUE(adds_delta(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"a"}}]})"));
  EXPECT_TRUE(adds_delta(R"({"tool_calls":[{"index":1,"id":"t2","function":{"name":"ls"}}]})"));
}

TEST_F(ChatContentTest, UsageIsWhenItChanges) {
  EXPECT_TRUE(adds("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\n"));
  EXPECT_FALSE(adds("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\n"));
  EXPECT_TRUE(adds("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n"));
}

TEST_F(ChatContentTest, TheEndIs) {
  EXPECT_TRUE(adds("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"));
}

TEST_F(ChatContentTest, EveryByteOfADocumentIs) {
  EXPECT_FALSE(adds("  \n"));
  EXPECT_TRUE(adds(R"({"choices":)"));
  EXPECT_TRUE(adds("["));
}

}  // namespace
}  // namespace balancer::gateway
