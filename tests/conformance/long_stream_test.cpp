// Long answers of very small pieces (protocol.md 8, case 95): what they cost per piece does not grow.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>

#include "gateway/dialect/openai_response/anthropic_stream_writer.hpp"
#include "gateway/dialect/openai_response/chat_stream.hpp"
#include "tests/conformance/case_request.hpp"
#include "tests/conformance/provider_input.hpp"

namespace balancer::conformance {
namespace {

constexpr std::size_t kDeltas = 50'000;
constexpr std::size_t kWarmUp = 100;
// For what grows with the logarithm, such as buffers that settle.
constexpr std::size_t kSlack = 16 * 1024;

struct Pieces {
  std::size_t total = 0;
  std::size_t smallest = SIZE_MAX;
  std::size_t largest = 0;
  std::size_t memory_growth = 0;
};

std::size_t memory_in_use() { return mallinfo2().uordblks; }

// Feeds the same delta again and again, and takes the events away each time.
Pieces feed_deltas(const std::string& delta, const gateway::ReplyContext& context, const ConversionSettings& settings) {
  gateway::ConversionScratch scratch;
  gateway::AnthropicStreamWriter writer(context.requested_model);
  gateway::ChatStream stream(context, settings, gateway::ChatReply::Tools::kLive, writer, scratch);
  const std::string chunk = chunk_stream("c " + delta + "\n");

  Pieces pieces;
  std::size_t memory_before = 0;
  for (std::size_t i = 0; i < kDeltas; ++i) {
    stream.feed(chunk);
    const std::size_t size = writer.output().size();
    writer.output().clear();
    if (i == kWarmUp) memory_before = memory_in_use();
    if (i < kWarmUp) continue;
    pieces.total += size;
    pieces.smallest = std::min(pieces.smallest, size);
    pieces.largest = std::max(pieces.largest, size);
  }
  pieces.memory_growth = std::max(memory_in_use(), memory_before) - memory_before;
  return pieces;
}

class LongStreamTest : public ::testing::Test {
 protected:
  ConversionSettings settings_;
  gateway::ReplyContext context_;
};

TEST_F(LongStreamTest, EveryCharacterOfTextCostsTheSame) {
  const std::string event =
      "event: content_block_delta\n"
      "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}}\n\n";

  const Pieces pieces = feed_deltas(R"({"content":"x"})", context_, settings_);

  EXPECT_EQ(pieces.smallest, event.size());
  EXPECT_EQ(pieces.largest, event.size());
  EXPECT_EQ(pieces.total, (kDeltas - kWarmUp) * event.size());
  EXPECT_LE(pieces.memory_growth, kSlack);
}

TEST_F(LongStreamTest, EveryCharacterOfThinkingCostsTheSame) {
  context_.thinking_wanted = true;

  const Pieces pieces = feed_deltas(R"({"reasoning_content":"x"})", context_, settings_);

  EXPECT_GT(pieces.smallest, 0u);
  EXPECT_EQ(pieces.smallest, pieces.largest);
  EXPECT_LE(pieces.memory_growth, kSlack);
}

TEST_F(LongStreamTest, ThinkingThatNobodyWantsCostsNothing) {
  const Pieces pieces = feed_deltas(R"({"reasoning_content":"x"})", context_, settings_);

  EXPECT_EQ(pieces.total, 0u);
  EXPECT_LE(pieces.memory_growth, kSlack);
}

TEST_F(LongStreamTest, ThinkingThatIsKeptForTheSignatureIsBounded) {
  context_.thinking_wanted = true;
  context_.thinking_omitted = true;
  settings_.reasoning_replay = ReasoningReplay::kReasoningContent;
  const std::string much(100, 'x');

  const Pieces pieces = feed_deltas(R"({"reasoning_content":")" + much + R"("})", context_, settings_);

  EXPECT_LE(pieces.memory_growth, std::size_t{256} * 1024);
}

TEST_F(LongStreamTest, EmptyDeltasCostNothing) {
  const Pieces pieces = feed_deltas(R"({"role":"assistant","content":""})", context_, settings_);

  EXPECT_EQ(pieces.total, 0u);
  EXPECT_LE(pieces.memory_growth, kSlack);
}

TEST_F(LongStreamTest, ALineThatDoesNotEndIsGivenUp) {
  constexpr std::size_t kMebibytes = 40;
  gateway::ConversionScratch scratch;
  gateway::AnthropicStreamWriter writer(context_.requested_model);
  gateway::ChatStream stream(context_, settings_, gateway::ChatReply::Tools::kLive, writer, scratch);
  const std::string piece(std::size_t{1024} * 1024, 'x');

  stream.feed("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"");
  const std::size_t memory_before = memory_in_use();
  for (std::size_t i = 0; i < kMebibytes; ++i) stream.feed(piece);

  EXPECT_EQ(stream.reply().state(), gateway::ChatReply::State::kFailed);
  EXPECT_LE(std::max(memory_in_use(), memory_before) - memory_before, kMebibytes * piece.size());
}

}  // namespace
}  // namespace balancer::conformance
