#include "gateway/dialect/answer/message_from_events.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace balancer::gateway {
namespace {

std::string event(const std::string& data) {
  const std::size_t begin = data.find(":\"") + 2;
  return "event: " + data.substr(begin, data.find('"', begin) - begin) + "\ndata: " + data + "\n\n";
}

const std::string kStart = event(
    R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":1}}})");
const std::string kDelta = event(
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}})");
const std::string kStop = event(R"({"type":"message_stop"})");

std::string block(const std::string& start, const std::vector<std::string>& deltas, int index = 0) {
  const std::string number = std::to_string(index);
  std::string text =
      event(R"({"type":"content_block_start","index":)" + number + R"(,"content_block":)" + start + "}");
  for (const std::string& delta : deltas) {
    text += event(R"({"type":"content_block_delta","index":)" + number + R"(,"delta":)" + delta + "}");
  }
  return text + event(R"({"type":"content_block_stop","index":)" + number + "}");
}

// The message's content when the stream has these blocks.
std::string content(const std::string& blocks) {
  const std::optional<std::string> message = message_from_events(kStart + blocks + kDelta + kStop);
  if (!message) return "nothing";
  const std::size_t begin = message->find("\"content\":") + 10;
  return message->substr(begin, message->find(",\"stop_reason\"") - begin);
}

TEST(MessageFromEventsTest, IsTheMessageThatTheEventsTell) {
  const std::string events = kStart + event(R"({"type": "ping"})") +
                             block(R"({"type":"text","text":""})", {R"({"type":"text_delta","text":"Hel"})",
                                                                    R"({"type":"text_delta","text":"lo"})"}) +
                             kDelta + kStop;

  EXPECT_EQ(
      message_from_events(events),
      R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":15}})");
}

TEST(MessageFromEventsTest, KeepsEveryKindOfBlock) {
  EXPECT_EQ(content(block(R"({"type":"thinking","thinking":"","signature":""})",
                          {R"({"type":"thinking_delta","thinking":"need "})",
                           R"({"type":"thinking_delta","thinking":"ls"})",
                           R"({"type":"signature_delta","signature":"EqR"})"})),
            R"([{"type":"thinking","thinking":"need ls","signature":"EqR"}])");
  EXPECT_EQ(content(block(R"({"type":"redacted_thinking","data":"x"})", {})),
            R"([{"type":"redacted_thinking","data":"x"}])");
  EXPECT_EQ(content(block(R"({"type":"tool_use","id":"t1","name":"f","input":{}})",
                          {R"({"type":"input_json_delta","partial_json":""})",
                           R"({"type":"input_json_delta","partial_json":"{\"a\": 1e400, \"b\""})",
                           R"({"type":"input_json_delta","partial_json":":\"\\u00e9\"}"})"})),
            R"([{"type":"tool_use","id":"t1","name":"f","input":{"a": 1e400, "b":"\u00e9"}}])");
  EXPECT_EQ(content(block(R"({"type":"tool_use","id":"t1","name":"f","input":{}})",
                          {R"({"type":"input_json_delta","partial_json":""})"})),
            R"([{"type":"tool_use","id":"t1","name":"f","input":{}}])");
  EXPECT_EQ(content(block(R"({"type":"text","text":"","citations":[]})",
                          {R"({"type":"text_delta","text":"x"})",
                           R"({"type":"citations_delta","citation":{"type":"page","n":1}})",
                           R"({"type":"citations_delta","citation":{"type":"page","n":2}})"})),
            R"([{"type":"text","text":"x","citations":[{"type":"page","n":1},{"type":"page","n":2}]}])");
  EXPECT_EQ(content(block(R"({"type":"of_tomorrow","much":{"more":[1]}})", {})),
            R"([{"type":"of_tomorrow","much":{"more":[1]}}])");
}

TEST(MessageFromEventsTest, KeepsBlocksInOrder) {
  EXPECT_EQ(content(block(R"({"type":"text","text":"a"})", {}, 0) + block(R"({"type":"text","text":"b"})", {}, 1)),
            R"([{"type":"text","text":"a"},{"type":"text","text":"b"}])");
  EXPECT_EQ(content(""), "[]");
}

TEST(MessageFromEventsTest, KeepsASurrogatePairThatWasCut) {
  EXPECT_EQ(content(block(R"({"type":"text","text":""})", {R"({"type":"text_delta","text":"\ud83d"})",
                                                           R"({"type":"text_delta","text":"\ude00"})"})),
            R"([{"type":"text","text":"\ud83d\ude00"}])");
}

TEST(MessageFromEventsTest, KeepsASurrogatePairThatWasCutInAnInput) {
  const std::string tool = R"({"type":"tool_use","id":"t","name":"f","input":{}})";
  EXPECT_EQ(content(block(tool, {R"({"type":"input_json_delta","partial_json":"{\"a\":\"\ud83d"})",
                                 R"({"type":"input_json_delta","partial_json":"\ude00\"}"})"})),
            "[{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":\"\xf0\x9f\x98\x80\"}}]");
  EXPECT_EQ(content(block(tool, {R"({"type":"input_json_delta","partial_json":"{\"a\":\"\ud83d\"}"})"})), "nothing");
}

TEST(MessageFromEventsTest, WhatSaysNothingIsNoMemberOfTheAnswer) {
  const std::string delta = event(
      R"({"type":"message_delta","index":null,"delta":{"stop_reason":"end_turn","type":null},"usage":{"output_tokens":15}})");
  const std::string text = block(
      R"({"type":"text","text":""})", {R"({"type":"text_delta","text":"x","partial_json":null})"});

  EXPECT_EQ(message_from_events(kStart + text + delta + kStop), message_from_events(kStart + text + kDelta + kStop));
}

TEST(MessageFromEventsTest, AnInputOfNothingIsAnEmptyOne) {
  for (const char* const input : {"", R"(,"input":{})", R"(,"input":"")", R"(,"input":null)"}) {
    const std::string start = R"({"type":"tool_use","id":"t","name":"f")" + std::string(input) + "}";
    EXPECT_EQ(content(block(start, {})), R"([{"type":"tool_use","id":"t","name":"f","input":{}}])") << input;
  }
}

TEST(MessageFromEventsTest, KeepsWhatTheEndAdds) {
  const std::string delta = event(
      R"({"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END","container":{"id":"c"}},"context_management":{"x":1},"usage":{"input_tokens":null,"output_tokens":9,"server_tool_use":{"n":1}}})");

  EXPECT_EQ(
      message_from_events(kStart + delta + kStop),
      R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":"stop_sequence","stop_sequence":"END","usage":{"input_tokens":25,"cache_read_input_tokens":5,"output_tokens":9,"server_tool_use":{"n":1}},"container":{"id":"c"},"context_management":{"x":1}})");
}

TEST(MessageFromEventsTest, ToleratesHowEventsAreFramed) {
  std::string events = kStart + kDelta + kStop;
  events.resize(events.size() - 2);
  EXPECT_TRUE(message_from_events(events)) << "no blank line at the end";
  EXPECT_TRUE(message_from_events(kStart + ": a comment\n\n" + kDelta + kStop + event(R"({"type":"ping"})")));
}

TEST(MessageFromEventsTest, NothingComesOfAStreamThatIsNotWholeOrNotUnderstood) {
  const std::string text = block(R"({"type":"text","text":"a"})", {});
  const std::vector<std::string> streams = {
      "",
      kStart + text + kDelta,
      text + kDelta + kStop,
      kStart + kStart + kDelta + kStop,
      kStart + text + kStop,
      kStart + kDelta + kStop + kDelta,
      kStart + text + kDelta + event(R"({"type":"error","error":{"type":"overloaded_error"}})") + kStop,
      kStart + text + "event: error\ndata: gone\n\n" + kDelta + kStop,
      kStart + "data: not json\n\n" + kDelta + kStop,
      kStart + event(R"({"type":"of_tomorrow"})") + kDelta + kStop,
      kStart + "event: message_delta\ndata: {\"type\":\"message_stop\"}\n\n" + kDelta + kStop,
      // A block left open; one that jumps; a delta without a block; one of an unknown kind.
      kStart + event(R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})") + kDelta + kStop,
      kStart + block(R"({"type":"text","text":"a"})", {}, 1) + kDelta + kStop,
      kStart + event(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}})") + kDelta + kStop,
      kStart + block(R"({"type":"text","text":""})", {R"({"type":"delta_of_tomorrow","x":1})"}) + kDelta + kStop,
      kStart + block(R"({"type":"text","text":""})", {R"({"type":"text_delta","text":7})"}) + kDelta + kStop,
      kStart + block(R"({"type":"tool_use","id":"t","name":"f","input":{}})",
                     {R"({"type":"input_json_delta","partial_json":"{\"a\":"})"}) + kDelta + kStop,
      // A delta that does not belong to its block.
      kStart + block(R"({"type":"tool_use","id":"t","name":"f","input":{}})", {R"({"type":"text_delta","text":"x"})"}) + kDelta + kStop,
      kStart + block(R"({"type":"of_tomorrow","text":""})", {R"({"type":"text_delta","text":"x"})"}) + kDelta + kStop,
      kStart + block(R"({"type":"text","text":7})", {R"({"type":"text_delta","text":"x"})"}) + kDelta + kStop,
      kStart + block(R"({"text":"x"})", {}) + kDelta + kStop,
      // An ending that was taken back; none that says what it cost.
      kStart + kDelta + event(R"({"type":"message_delta","delta":{"stop_reason":null},"usage":{}})") + kStop,
      event(R"({"type":"message_start","message":{"content":[]}})") +
          event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})") + kStop,
      kStart + event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":7})") + kStop,
      // An ending that changes what is not its own.
      kStart + event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn","content":[1]},"usage":{}})") + kStop,
      kStart + event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{},"id":"msg_2"})") + kStop,
      // Names that can be told apart only when they are decoded.
      kStart + event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_r\u0065ason":null},"usage":{}})") + kStop,
      // Something beside what is known of a delta, or of an event.
      kStart + block(R"({"type":"text","text":""})", {R"({"type":"text_delta","text":"x","more":1})"}) + kDelta + kStop,
      kStart + event(R"({"type":"content_block_stop","index":0,"more":1})") + kDelta + kStop,
      kStart + kDelta + event(R"({"type":"message_stop","more":1})"),
  };
  for (const std::string& stream : streams) EXPECT_EQ(message_from_events(stream), std::nullopt) << stream;
}

TEST(MessageFromEventsTest, NothingComesOfAMessageThatNobodyCouldRead) {
  const std::string deep = std::string(196, '[') + std::string(196, ']');
  const std::string deeper = "[[[" + deep + "]]]";
  const std::string tool = R"({"type":"tool_use","id":"t","name":"f","input":{}})";

  EXPECT_NE(content(block(tool, {R"({"type":"input_json_delta","partial_json":")" + deep + "\"}"})), "nothing");
  EXPECT_EQ(content(block(tool, {R"({"type":"input_json_delta","partial_json":")" + deeper + "\"}"})), "nothing");
}

TEST(MessageFromEventsTest, AnAbsurdNumberOfMembersTakesNoAbsurdTime) {
  std::string members;
  for (int i = 0; i < 200'000; ++i) members += ",\"m" + std::to_string(i) + "\":1";
  const std::string start = event(R"({"type":"message_start","message":{"content":[])" + members + "}}");
  const std::string delta =
      event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn")" + members + "},\"usage\":{\"n\":1" + members + "}}");

  EXPECT_EQ(message_from_events(start + kDelta + kStop), std::nullopt);
  EXPECT_EQ(message_from_events(kStart + delta + kStop), std::nullopt);
}

}  // namespace
}  // namespace balancer::gateway
