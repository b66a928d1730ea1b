#include "deploy/demo_provider/anthropic_request.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace balancer::demo {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using Speaker = LastTurn::Speaker;

// A request with these messages and members.
DemoRequest read(const char* messages, const json& members = json::object()) {
  json body = {{"model", "claude-x"}, {"messages", json::parse(messages)}};
  body.update(members);
  return read_anthropic_request(body.dump()).value();
}

json with_tools(const json& choice) {
  return {{"tools", json::parse(R"([{"name":"ls","input_schema":{"required":["dir"]}},
                                    {"type":"web_search_20250305","name":"web_search"},
                                    {"type":"custom","name":"pwd","input_schema":{}}])")},
          {"tool_choice", choice}};
}

TEST(AnthropicRequestTest, RefusesWhatIsNoMessagesRequest) {
  for (const char* body :
       {"", "[1", "[]", R"({"messages":[{}]})", R"({"model":"m"})", R"({"model":"m","messages":[]})"}) {
    EXPECT_EQ(read_anthropic_request(body).error().code, ErrorCode::kInvalidRequest) << body;
  }
}

TEST(AnthropicRequestTest, TheLastTextOfTheUserIsTheLastTurn) {
  const DemoRequest request = read(R"([{"role":"user","content":"first"},{"role":"assistant","content":"answer"},
      {"role":"user","content":[{"type":"text","text":"second"},{"type":"text","text":"third"},{"type":"image"}]}])");

  EXPECT_EQ(request.last_turn.speaker, Speaker::kUser);
  EXPECT_EQ(request.last_turn.text, "third");
}

TEST(AnthropicRequestTest, ToolResultsAreTheLastTurnEvenWithWordsBesideThem) {
  const DemoRequest request = read(R"([{"role":"user","content":"use the tool"},
      {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"ls","input":{}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"s","content":"one"},
                                {"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"two"}]},
                                {"type":"text","text":"now another tool"}]},
      {"role":"user","content":"please"}])");

  EXPECT_EQ(request.last_turn.speaker, Speaker::kTool);
  EXPECT_EQ(request.last_turn.text, "two");
}

TEST(AnthropicRequestTest, ToolResultsBeforeTheModelsLastWordsAreOver) {
  const DemoRequest request = read(R"([{"role":"user","content":[{"type":"tool_result","content":"old"}]},
      {"role":"assistant","content":"The tool said: old"},{"role":"user","content":"thanks"}])");

  EXPECT_EQ(request.last_turn.speaker, Speaker::kUser);
  EXPECT_EQ(request.last_turn.text, "thanks");
}

TEST(AnthropicRequestTest, BehindTheModelsWordsNobodySpoke) {
  const DemoRequest request =
      read(R"([{"role":"user","content":"a tool"},{"role":"assistant","content":"{"},{"role":"user","content":[]}])");

  EXPECT_EQ(request.last_turn.speaker, Speaker::kNobody);
  EXPECT_EQ(request.last_turn.text, "a tool");
}

TEST(AnthropicRequestTest, ToolsThatTheClientRunsMayBeCalled) {
  const DemoRequest request = read(R"([{}])", with_tools({{"type", "auto"}}));

  EXPECT_THAT(request.possible_calls, ElementsAre(Field(&ToolCall::name, "ls"), Field(&ToolCall::name, "pwd")));
  EXPECT_EQ(request.possible_calls.front().arguments, R"({"dir":"demo"})");
}

TEST(AnthropicRequestTest, AToolChoiceOfNoneForbidsCalls) {
  EXPECT_THAT(read(R"([{}])", with_tools({{"type", "none"}})).possible_calls, IsEmpty());
}

TEST(AnthropicRequestTest, ThinkingIsWantedWhenEnabledOrAdaptive) {
  EXPECT_TRUE(read(R"([{}])", {{"thinking", {{"type", "enabled"}, {"budget_tokens", 1024}}}}).wants_thinking);
  EXPECT_TRUE(read(R"([{}])", {{"thinking", {{"type", "adaptive"}}}}).wants_thinking);
  EXPECT_FALSE(read(R"([{}])", {{"thinking", {{"type", "disabled"}}}}).wants_thinking);
  EXPECT_FALSE(read(R"([{}])").wants_thinking);
}

TEST(AnthropicRequestTest, OnlyTrueMeansAStream) {
  EXPECT_TRUE(read(R"([{}])", {{"stream", true}}).stream);
  EXPECT_FALSE(read(R"([{}])", {{"stream", "yes"}}).stream);
}

TEST(AnthropicRequestTest, SurvivesMembersOfAnUnexpectedShape) {
  const DemoRequest request =
      read(R"([1,{"role":2},{"role":"user"},{"role":"user","content":[2,{"text":3},{"type":"tool_result"}]}])",
           {{"tools", {1, {{"name", 2}}, nullptr}}, {"tool_choice", "none"}, {"thinking", true}});

  EXPECT_EQ(request.last_turn.speaker, Speaker::kTool);
  EXPECT_EQ(request.last_turn.text, "");
  EXPECT_THAT(request.possible_calls, IsEmpty());
  EXPECT_FALSE(request.wants_thinking);
}

TEST(AnthropicRequestTest, SurvivesDeepNesting) {
  const std::string nested = std::string(100'000, '[') + std::string(100'000, ']');

  const auto request = read_anthropic_request(R"({"model":"m","messages":[{"role":"user","content":)" + nested +
                                              R"(}],"stream":)" + nested + "}");

  EXPECT_EQ(request.value().last_turn.speaker, Speaker::kNobody);
}

}  // namespace
}  // namespace balancer::demo
