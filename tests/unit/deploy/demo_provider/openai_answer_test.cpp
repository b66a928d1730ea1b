#include "deploy/demo_provider/openai_answer.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace balancer::demo {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Gt;
using ::testing::SizeIs;
using ::testing::StartsWith;

const DemoRequest kRequest{.model = "gpt-x", .last_turn = {}, .possible_calls = {}, .body_bytes = 40};
const DemoRequest kRequestWithUsage{
    .model = "gpt-x", .last_turn = {}, .possible_calls = {}, .stream_usage = true, .body_bytes = 40};
const DemoAnswer kPlainAnswer{.thinking = "", .text = "one  two", .tool_call = std::nullopt};
const DemoAnswer kFullAnswer{
    .thinking = "so it is", .text = "one two", .tool_call = ToolCall{"ls", R"({"dir":"demo","é":1})"}};

json completion_of(const DemoAnswer& answer) { return json::parse(openai_completion(kRequest, answer, "7")); }

// The data of the events, after checking that each is one line, and the "[DONE]" at the end.
std::vector<json> chunks_of(const DemoRequest& request, const DemoAnswer& answer) {
  std::vector<std::string> events = openai_chunks(request, answer, "7");
  EXPECT_EQ(events.back(), "data: [DONE]\n\n");
  events.pop_back();
  std::vector<json> chunks;
  for (const std::string& event : events) {
    EXPECT_THAT(event, StartsWith("data: {"));
    EXPECT_THAT(event, EndsWith("}\n\n"));
    chunks.push_back(json::parse(event.substr(6)));
  }
  return chunks;
}

std::vector<json> deltas_of(const DemoAnswer& answer) {
  std::vector<json> deltas;
  for (const json& chunk : chunks_of(kRequest, answer)) deltas.push_back(chunk["choices"][0]["delta"]);
  return deltas;
}

TEST(OpenaiAnswerTest, ACompletionHasTheTextAndItsEnd) {
  EXPECT_EQ(completion_of(kPlainAnswer), json::parse(R"({"id":"chatcmpl-demo_7","object":"chat.completion",
      "created":0,"model":"gpt-x","choices":[{"index":0,"logprobs":null,"finish_reason":"stop",
      "message":{"role":"assistant","content":"one  two","refusal":null}}],
      "usage":{"prompt_tokens":11,"completion_tokens":2,"total_tokens":13,
      "prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}})"));
}

TEST(OpenaiAnswerTest, ACompletionCarriesReasoningAndTheCall) {
  const json choice = completion_of(kFullAnswer)["choices"][0];

  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  EXPECT_EQ(choice["message"]["reasoning_content"], "so it is");
  EXPECT_EQ(choice["message"]["content"], "one two");
  EXPECT_EQ(choice["message"]["tool_calls"],
            json::array({{{"id", "call_demo_7"},
                          {"type", "function"},
                          {"function", {{"name", "ls"}, {"arguments", R"({"dir":"demo","é":1})"}}}}}));
  EXPECT_EQ(completion_of(kFullAnswer)["usage"]["completion_tokens_details"]["reasoning_tokens"], 3);
}

TEST(OpenaiAnswerTest, AStreamBeginsWithTheRoleAndGoesWordByWord) {
  EXPECT_THAT(deltas_of(kPlainAnswer),
              ElementsAre(json({{"role", "assistant"}, {"content", ""}}), json({{"content", "one  "}}),
                          json({{"content", "two"}}), json::object()));
}

TEST(OpenaiAnswerTest, OnlyTheLastChoiceOfAStreamHasTheFinishReason) {
  std::vector<json> reasons;
  for (const json& chunk : chunks_of(kRequest, kPlainAnswer)) reasons.push_back(chunk["choices"][0]["finish_reason"]);

  EXPECT_THAT(reasons, ElementsAre(nullptr, nullptr, nullptr, "stop"));
  EXPECT_EQ(chunks_of(kRequest, kFullAnswer).back()["choices"][0]["finish_reason"], "tool_calls");
}

TEST(OpenaiAnswerTest, AStreamComesToTheSameCompletion) {
  json message = {{"content", ""}, {"reasoning_content", ""}};
  std::string arguments;
  for (const json& delta : deltas_of(kFullAnswer)) {
    for (const char* member : {"content", "reasoning_content"}) {
      message[member] = message[member].get<std::string>() + delta.value(member, "");
    }
    if (delta.contains("tool_calls")) arguments += delta["tool_calls"][0]["function"]["arguments"].get<std::string>();
  }

  const json whole = completion_of(kFullAnswer)["choices"][0]["message"];
  EXPECT_EQ(message["content"], whole["content"]);
  EXPECT_EQ(message["reasoning_content"], whole["reasoning_content"]);
  EXPECT_EQ(arguments, whole["tool_calls"][0]["function"]["arguments"]);
}

TEST(OpenaiAnswerTest, ACallsFirstDeltaNamesItAndTheOthersBringItsArguments) {
  std::vector<json> calls;
  for (const json& delta : deltas_of(kFullAnswer)) {
    if (delta.contains("tool_calls")) calls.push_back(delta["tool_calls"]);
  }

  ASSERT_THAT(calls, SizeIs(Gt(2u)));
  EXPECT_EQ(calls[0], json::parse(R"([{"index":0,"id":"call_demo_7","type":"function",
                                       "function":{"name":"ls","arguments":""}}])"));
  EXPECT_EQ(calls[1], json::parse(R"([{"index":0,"function":{"arguments":"{\"dir\":\""}}])"));
}

TEST(OpenaiAnswerTest, UsageIsAChunkWithoutChoicesWhenAskedFor) {
  const std::vector<json> chunks = chunks_of(kRequestWithUsage, kFullAnswer);

  EXPECT_EQ(chunks.back()["choices"], json::array());
  EXPECT_EQ(chunks.back()["usage"], completion_of(kFullAnswer)["usage"]);
  EXPECT_EQ(chunks.front().at("usage"), nullptr);
  EXPECT_FALSE(chunks_of(kRequest, kFullAnswer).front().contains("usage"));
}

TEST(OpenaiAnswerTest, ErrorsHaveOpenaisEnvelope) {
  EXPECT_EQ(json::parse(openai_error_body({ErrorCode::kInvalidRequest, "model: Field required", {}})),
            json::parse(R"({"error":{"message":"model: Field required","type":"invalid_request_error",
                            "param":null,"code":null}})"));
}

}  // namespace
}  // namespace balancer::demo
