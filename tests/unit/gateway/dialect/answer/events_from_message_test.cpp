#include "gateway/dialect/answer/events_from_message.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "gateway/dialect/answer/message_from_events.hpp"

namespace balancer::gateway {
namespace {

std::string message(const std::string& content, const std::string& more = "") {
  return R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":)" + content +
         R"(,"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":4})" + more + "}";
}

TEST(EventsFromMessageTest, AreTheEventsThatTellTheMessage) {
  const std::string expected = R"(event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi \"x\""}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\": [1]}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":3,"output_tokens":4}}

event: message_stop
data: {"type":"message_stop"}

)";

  EXPECT_EQ(events_from_message(message(
                R"([{"type":"text","text":"Hi \"x\""},{"type":"tool_use","id":"t","name":"f","input":{"a": [1]}}])")),
            expected);
}

TEST(EventsFromMessageTest, ThereAndBackIsTheSameMessage) {
  const std::string rich = message(
      R"([{"type":"thinking","thinking":"so \u00e9\ud83d\ude00","signature":"EqR="},
          {"type":"thinking","thinking":"","signature":"only"},
          {"type":"redacted_thinking","data":"abc"},
          {"type":"text","text":""},
          {"type":"text","text":"cited\n","citations":[{"type":"char_location","cited_text":"c","n":1},{"type":"x"}]},
          {"type":"text","text":"no citations","citations":null},
          {"type":"text","text":"some field","of_tomorrow":{"x":[1,2]}},
          {"type":"tool_use","id":"t1","name":"f","input":{"n":12345678901234567890,"f":1.0,"s":"q\"\\","l":[[],[{}]]},"caller":{"type":"direct"}},
          {"type":"tool_use","id":"t2","name":"g","input":{}},
          {"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"x"}},
          {"type":"web_search_tool_result","tool_use_id":"s1","content":[{"type":"web_search_result","url":"u"}]},
          {"type":"of_tomorrow","input":{"a":1},"text":"kept"}])",
      R"(,"container":{"id":"c1","expires_at":null},"stop_details":null,"context_management":{"applied_edits":[]})");

  const std::optional<std::string> events = events_from_message(rich);
  ASSERT_TRUE(events);
  const std::optional<std::string> back = message_from_events(*events);
  ASSERT_TRUE(back);

  EXPECT_EQ(nlohmann::json::parse(*back), nlohmann::json::parse(rich));
  EXPECT_NE(back->find("12345678901234567890"), std::string::npos);
  EXPECT_NE(back->find("1.0"), std::string::npos);
  EXPECT_EQ(events_from_message(*back), events);
}

TEST(EventsFromMessageTest, EveryEventIsOneLineHoweverTheMessageWasLaidOut) {
  const std::string rich = message(
      R"([{"type":"web_search_tool_result","content":[{"title":"a\nb","n":[1,2]}]},
          {"type":"text","text":"x","citations":[{"type":"page","at":{"n":1}}]},
          {"type":"tool_use","id":"t","name":"f","input":{"a":{"b":[1]}}}])",
      R"(,"container":{"id":"c"},"of_tomorrow":{"x":[1]})");
  std::string laid_out = nlohmann::json::parse(rich).dump(2);
  for (std::size_t at = 0; (at = laid_out.find('\n', at)) != std::string::npos; at += 2) laid_out.insert(at, 1, '\r');

  const std::optional<std::string> events = events_from_message(laid_out);
  ASSERT_TRUE(events);

  EXPECT_EQ(events->find('\r'), std::string::npos);
  std::istringstream lines(*events);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.empty() || line.starts_with("event: ") || line.starts_with("data: ")) << line;
  }
  const std::optional<std::string> back = message_from_events(*events);
  ASSERT_TRUE(back);
  EXPECT_EQ(nlohmann::json::parse(*back), nlohmann::json::parse(rich));
}

TEST(EventsFromMessageTest, TheEndIsToldAtTheEnd) {
  const std::optional<std::string> events =
      events_from_message(message("[]", R"(,"stop_details":{"type":"refusal"},"container":{"id":"c"},"context_management":{"x":1})"));
  ASSERT_TRUE(events);

  EXPECT_NE(events->find(
                R"("delta":{"stop_reason":"end_turn","stop_sequence":null,"stop_details":{"type":"refusal"},"container":{"id":"c"}},"usage":{"input_tokens":3,"output_tokens":4},"context_management":{"x":1}})"),
            std::string::npos);
  EXPECT_NE(events->find(R"("stop_details":null,"container":null)"), std::string::npos);
}

TEST(EventsFromMessageTest, SmallPiecesDoNotBecomeALargeStream) {
  std::string citations;
  for (int i = 0; i < 200'000; ++i) citations += ",{}";
  EXPECT_EQ(events_from_message(message(R"([{"type":"text","text":"","citations":[)" + citations.substr(1) + "]}]")),
            std::nullopt);
  std::string texts;
  for (int i = 0; i < 1'000; ++i) texts += R"(,{"type":"text","text":"x"})";
  EXPECT_TRUE(events_from_message(message("[" + texts.substr(1) + "]")));
}

TEST(EventsFromMessageTest, AnEmptyMessageIsStillOne) {
  const std::optional<std::string> events = events_from_message(message("[]"));
  ASSERT_TRUE(events);
  EXPECT_EQ(message_from_events(*events), message("[]"));
}

TEST(EventsFromMessageTest, NothingComesOfWhatIsNoCompleteMessage) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"type":"error","error":{"type":"x"}})"),
        std::string(R"({"type":"message","content":[],"stop_reason":null,"usage":{}})"), std::string(R"({"content":"text","stop_reason":"end_turn"})"),
        std::string(R"({"type":"message","content":[],"stop_reason":"end_turn"})"),
        std::string(R"({"content":[],"stop_reason":"end_turn","usage":{}})"), message("[{}]"), message(R"([{"type":"text","text":7}])"),
        message(R"([{"type":"tool_use","id":"t","name":"f"}])"), message("[]", R"(,"us\u0061ge":{})"), message("[]") + ",{}",
        message("[7]"), message(R"([{"type":"text","text":"x","citations":[7]}])")}) {
    EXPECT_EQ(events_from_message(text), std::nullopt) << text;
  }
}

TEST(EventsFromMessageTest, WhatItMakesOfTheMostMembersIsUnderstood) {
  for (const int more : {245, 246, 247, 248, 249, 250, 251, 252}) {
    std::string members;
    for (int i = 0; i < more; ++i) members += ",\"m" + std::to_string(i) + "\":1";
    const std::optional<std::string> events = events_from_message(
        R"({"type":"message","id":"m","content":[],"stop_reason":"end_turn","usage":{"output_tokens":1})" + members + "}");
    EXPECT_EQ(events && message_from_events(*events), events.has_value()) << more;
    EXPECT_EQ(events.has_value(), more <= 250) << more;
  }
}

}  // namespace
}  // namespace balancer::gateway
