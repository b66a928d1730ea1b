// The checker itself: it lets good streams pass and refuses each way of breaking the grammar.
#include "tests/conformance/stream_grammar.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace balancer::conformance {
namespace {

std::string event(std::string_view type, std::string_view members = "") {
  return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" + std::string(members) + "}\n\n";
}

const std::string kUsage =
    R"({"input_tokens":1,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1})";
const std::string kStart = event("message_start", R"(,"message":{"id":"msg_1","type":"message","role":"assistant",)"
                                                  R"("model":"m","content":[],"stop_reason":null,"usage":)" + kUsage + "}");
const std::string kText = event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})");
const std::string kDelta = event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":"x"})");
const std::string kStop = event("content_block_stop", R"(,"index":0)");
const std::string kEnd =
    event("message_delta", R"(,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":)" + kUsage);
const std::string kLast = event("message_stop");
const std::string kPing = event("ping");

std::string join(const std::vector<std::string>& events) {
  std::string bytes;
  for (const std::string& each : events) bytes += each;
  return bytes;
}

TEST(StreamGrammarTest, AcceptsWholeStreamsAndBeginnings) {
  EXPECT_EQ(grammar_problem(join({kStart, kText, kPing, kDelta, kStop, kEnd, kLast}), StreamShape::kWhole), "");
  EXPECT_EQ(grammar_problem(join({kStart, kEnd, kLast}), StreamShape::kWhole), "");
  EXPECT_EQ(grammar_problem(join({kStart, kText, kDelta}), StreamShape::kBeginning), "");
  EXPECT_EQ(grammar_problem("", StreamShape::kBeginning), "");
}

TEST(StreamGrammarTest, RefusesEveryBreach) {
  const std::string second_block = event("content_block_start", R"(,"index":2,"content_block":{"type":"text","text":""})");
  const std::string thinking =
      event("content_block_start", R"(,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""})");
  const std::string odd_reason =
      event("message_delta", R"(,"delta":{"stop_reason":"stop","stop_sequence":null},"usage":)" + kUsage);
  const std::string no_usage = event("message_delta", R"(,"delta":{"stop_reason":"end_turn","stop_sequence":null})");
  const std::vector<std::vector<std::string>> streams = {
      {kStart, kText, kDelta, kStop, kEnd},                   // no message_stop
      {kText, kDelta, kStop, kEnd, kLast},                    // no message_start
      {kStart, kStart, kEnd, kLast},                          // two of them
      {kStart, kText, kDelta, kEnd, kLast},                   // the block stays open
      {kStart, kText, kText, kStop, kEnd, kLast},             // a block inside a block
      {kStart, kText, kStop, second_block, kEnd, kLast},      // a gap in the indexes
      {kStart, kDelta, kEnd, kLast},                          // a delta without a block
      {kStart, kText, kStop, kDelta, kEnd, kLast},            // a delta for a closed block
      {kStart, thinking, kStop, kEnd, kLast},                 // no signature
      {kStart, kEnd, kEnd, kLast},                            // two message_delta
      {kStart, kLast},                                        // none
      {kStart, kEnd, kLast, kPing, kLast},                    // something behind the end
      {kStart, odd_reason, kLast},                            // a reason that clients do not know
      {kStart, no_usage, kLast},
      {kStart, "data: {\"type\":\"ping\"}\n\n", kEnd, kLast},  // no event line
      {kStart, "event: ping\ndata: {\"type\":\n", "data: \"ping\"}\n\n", kEnd, kLast},
      {kStart, "event: ping\ndata: {\"type\":\"pong\"}\n\n", kEnd, kLast},
      {kStart, kEnd, kLast, "event: ping"},
  };
  for (const auto& stream : streams) EXPECT_NE(grammar_problem(join(stream), StreamShape::kWhole), "") << join(stream);
  EXPECT_NE(grammar_problem(join({kStart, kEnd, kLast}), StreamShape::kBeginning), "");
}

}  // namespace
}  // namespace balancer::conformance
