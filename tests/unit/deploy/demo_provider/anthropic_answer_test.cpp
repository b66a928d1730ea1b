#include "deploy/demo_provider/anthropic_answer.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace balancer::demo {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Gt;
using ::testing::SizeIs;

const DemoRequest kRequest{.model = "claude-x", .last_turn = {}, .possible_calls = {}, .body_bytes = 40};
const DemoAnswer kPlainAnswer{.thinking = "", .text = "one  two", .tool_call = std::nullopt};
const DemoAnswer kFullAnswer{
    .thinking = "so it is", .text = "one two", .tool_call = ToolCall{"ls", R"({"dir":"demo","é":1})"}};

json message_of(const DemoAnswer& answer) { return json::parse(anthropic_message(kRequest, answer, "7")); }

// The events' payloads, after checking that the two lines of each are as the grammar wants them.
std::vector<json> payloads_of(const DemoAnswer& answer) {
  std::vector<json> payloads;
  for (const std::string& event : anthropic_events(kRequest, answer, "7")) {
    const auto data = event.find("\ndata: ");
    payloads.push_back(json::parse(event.substr(data + 7)));
    EXPECT_EQ(event.substr(0, data), "event: " + payloads.back()["type"].get<std::string>());
    EXPECT_THAT(event, EndsWith("\n\n"));
  }
  return payloads;
}

// What a client puts together from the stream, its deltas by the members that they extend.
json assembled(const std::vector<json>& payloads) {
  json message;
  json partial_input;
  for (const json& payload : payloads) {
    const std::string type = payload["type"];
    if (type == "message_start") message = payload["message"];
    if (type == "content_block_start") {
      EXPECT_EQ(payload["index"], message["content"].size());
      message["content"].push_back(payload["content_block"]);
      partial_input = "";
    }
    if (type == "content_block_delta") {
      EXPECT_EQ(payload["index"], message["content"].size() - 1);
      for (const auto& [member, piece] : payload["delta"].items()) {
        if (member == "type") continue;
        json& extended = member == "partial_json" ? partial_input : message["content"].back()[member];
        extended = extended.get<std::string>() + piece.get<std::string>();
      }
    }
    if (type == "content_block_stop" && partial_input != "") {
      message["content"].back()["input"] = json::parse(partial_input.get<std::string>());
    }
    if (type == "message_delta") {
      message.update(payload["delta"]);
      message["usage"].update(payload["usage"]);
    }
  }
  return message;
}

std::vector<std::string> types_of(const std::vector<json>& payloads) {
  std::vector<std::string> types;
  for (const json& payload : payloads) {
    std::string type = payload["type"];
    if (types.empty() || types.back() != type) types.push_back(std::move(type));
  }
  return types;
}

TEST(AnthropicAnswerTest, AMessageHasTheTextAndItsEnd) {
  const json message = message_of(kPlainAnswer);

  EXPECT_EQ(message["id"], "msg_demo_7");
  EXPECT_EQ(message["model"], "claude-x");
  EXPECT_EQ(message["content"], json::parse(R"([{"type":"text","text":"one  two"}])"));
  EXPECT_EQ(message["stop_reason"], "end_turn");
  EXPECT_EQ(message["usage"]["input_tokens"], 11);
  EXPECT_EQ(message["usage"]["output_tokens"], 2);
}

TEST(AnthropicAnswerTest, ThinkingTextAndCallAreBlocksInThisOrder) {
  const json message = message_of(kFullAnswer);

  EXPECT_EQ(message["content"], json::parse(R"([{"type":"thinking","thinking":"so it is","signature":"demo"},
      {"type":"text","text":"one two"},
      {"type":"tool_use","id":"toolu_demo_7","name":"ls","input":{"dir":"demo","é":1}}])"));
  EXPECT_EQ(message["stop_reason"], "tool_use");
}

TEST(AnthropicAnswerTest, AStreamFollowsTheGrammar) {
  EXPECT_THAT(types_of(payloads_of(kPlainAnswer)),
              ElementsAre("message_start", "ping", "content_block_start", "content_block_delta", "content_block_stop",
                          "message_delta", "message_stop"));
}

TEST(AnthropicAnswerTest, AStreamComesToTheSameMessage) {
  EXPECT_EQ(assembled(payloads_of(kPlainAnswer)), message_of(kPlainAnswer));
  EXPECT_EQ(assembled(payloads_of(kFullAnswer)), message_of(kFullAnswer));
}

TEST(AnthropicAnswerTest, AStreamHasAToolsArgumentsInSeveralPieces) {
  std::vector<std::string> pieces;
  for (const json& payload : payloads_of(kFullAnswer)) {
    if (payload.value("/delta/type"_json_pointer, "") == "input_json_delta") {
      pieces.push_back(payload["delta"]["partial_json"]);
    }
  }

  EXPECT_THAT(pieces, SizeIs(Gt(1u)));
}

}  // namespace
}  // namespace balancer::demo
