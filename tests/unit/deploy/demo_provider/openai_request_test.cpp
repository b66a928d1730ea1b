#include "deploy/demo_provider/openai_request.hpp"

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
  json body = {{"model", "gpt-x"}, {"messages", json::parse(messages)}};
  body.update(members);
  return read_openai_request(body.dump()).value();
}

json with_tools(const json& choice) {
  return {{"tools", json::parse(R"([{"type":"function","function":{"name":"ls","parameters":{"required":["dir"]}}},
                                    {"type":"custom","custom":{"name":"free"}},
                                    {"type":"function","function":{"name":"pwd"}}])")},
          {"tool_choice", choice}};
}

TEST(OpenaiRequestTest, RefusesWhatIsNoChatCompletionsRequest) {
  for (const char* body :
       {"", "null", "[]", R"({"messages":[{}]})", R"({"model":1,"messages":[{}]})", R"({"model":"m","messages":{}})"}) {
    EXPECT_EQ(read_openai_request(body).error().code, ErrorCode::kInvalidRequest) << body;
  }
}

TEST(OpenaiRequestTest, TheUsersTextIsTheLastTurnWithoutTheClientsNotes) {
  const DemoRequest request = read(R"([{"role":"system","content":"Be brief."},
      {"role":"user","content":"<system-reminder>A tool exists.</system-reminder>\n\nHello"}])");

  EXPECT_EQ(request.last_turn.speaker, Speaker::kUser);
  EXPECT_EQ(request.last_turn.text, "Hello");
}

TEST(OpenaiRequestTest, ToolMessagesAreTheLastTurnEvenWithAUserMessageBehindThem) {
  const DemoRequest request = read(R"([{"role":"user","content":"use the tool"},
      {"role":"assistant","content":null,"tool_calls":[]},
      {"role":"tool","tool_call_id":"s","content":"one"},
      {"role":"tool","tool_call_id":"t","content":[{"type":"text","text":"two"}]},
      {"role":"user","content":"now another tool"}])");

  EXPECT_EQ(request.last_turn.speaker, Speaker::kTool);
  EXPECT_EQ(request.last_turn.text, "two");
}

TEST(OpenaiRequestTest, FunctionsMayBeCalledWithOrWithoutParameters) {
  const DemoRequest request = read(R"([{}])", with_tools("auto"));

  EXPECT_THAT(request.possible_calls, ElementsAre(Field(&ToolCall::name, "ls"), Field(&ToolCall::name, "pwd")));
  EXPECT_EQ(request.possible_calls[0].arguments, R"({"dir":"demo"})");
  EXPECT_EQ(request.possible_calls[1].arguments, "{}");
}

TEST(OpenaiRequestTest, AToolChoiceOfNoneForbidsCalls) {
  EXPECT_THAT(read(R"([{}])", with_tools("none")).possible_calls, IsEmpty());
}

TEST(OpenaiRequestTest, ThinkingIsWantedInAnyOfThreeWays) {
  EXPECT_TRUE(read(R"([{}])", {{"reasoning_effort", "low"}}).wants_thinking);
  EXPECT_TRUE(read(R"([{}])", {{"thinking", {{"type", "enabled"}}}}).wants_thinking);
  EXPECT_TRUE(read(R"([{}])", {{"reasoning", {{"effort", "high"}}}}).wants_thinking);
  EXPECT_TRUE(read(R"([{}])", {{"reasoning", {{"enabled", true}}}}).wants_thinking);
  EXPECT_TRUE(read(R"([{}])", {{"reasoning", {{"max_tokens", 2000}}}}).wants_thinking);
}

TEST(OpenaiRequestTest, ThinkingIsNotWantedWhenTurnedOffOrNotMentioned) {
  EXPECT_FALSE(read(R"([{}])", {{"reasoning_effort", "none"}}).wants_thinking);
  EXPECT_FALSE(read(R"([{}])", {{"reasoning_effort", nullptr}}).wants_thinking);
  EXPECT_FALSE(read(R"([{}])", {{"thinking", {{"type", "disabled"}}}}).wants_thinking);
  EXPECT_FALSE(read(R"([{}])", {{"reasoning", {{"effort", "none"}}}}).wants_thinking);
  EXPECT_FALSE(read(R"([{}])", {{"reasoning", {{"enabled", false}}}}).wants_thinking);
  EXPECT_FALSE(read(R"([{}])").wants_thinking);
}

TEST(OpenaiRequestTest, UsageInAStreamHasToBeAskedFor) {
  EXPECT_TRUE(read(R"([{}])", {{"stream_options", {{"include_usage", true}}}}).stream_usage);
  EXPECT_FALSE(read(R"([{}])", {{"stream_options", {{"include_usage", false}}}}).stream_usage);
  EXPECT_FALSE(read(R"([{}])", {{"stream", true}}).stream_usage);
}

TEST(OpenaiRequestTest, SurvivesMembersOfAnUnexpectedShape) {
  const DemoRequest request = read(R"([1,{"role":"tool","content":{"a":1}}])",
                                   {{"tools", {1, {{"function", 2}}}}, {"stream_options", 1}, {"reasoning", "x"}});

  EXPECT_EQ(request.last_turn.speaker, Speaker::kTool);
  EXPECT_EQ(request.last_turn.text, "");
  EXPECT_THAT(request.possible_calls, IsEmpty());
}

}  // namespace
}  // namespace balancer::demo
