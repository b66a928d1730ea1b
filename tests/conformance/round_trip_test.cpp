// What a provider said comes back to it in the next turn as it gave it, by way of a client that knows only Anthropic's
// form (protocol.md 2.6, 2.7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/conformance/case_request.hpp"
#include "tests/conformance/converted_answer.hpp"

namespace balancer::conformance {
namespace {

using Json = nlohmann::json;

class RoundTripTest : public ::testing::Test {
 protected:
  RoundTripTest() { settings_.reasoning_replay = ReasoningReplay::kReasoningContent; }

  gateway::ConvertedRequest convert(const Json& request, std::string_view provider = "llm") const {
    const gateway::ConversionTarget target{
        .provider = provider, .upstream_model = "deep-1", .settings = settings_, .session_id = ""};
    auto converted = convert_request(request.dump(), target);
    if (!converted) throw std::runtime_error(converted.error().error.message);
    return std::move(*converted);
  }

  // The request of the next turn, whose tool calls are answered.
  Json next_request(Json request, const std::string& answer) const {
    const ConvertedAnswer converted =
        convert_answer(answer, convert(request).reply, settings_, AnswerForm::kMessage, answer.size());
    const Json content = Json::parse(converted.bytes)["content"];
    Json results = Json::array();
    for (const Json& block : content) {
      if (block["type"] != "tool_use") continue;
      results.push_back({{"type", "tool_result"}, {"tool_use_id", block["id"]}, {"content", "done"}});
    }
    request["messages"].push_back({{"role", "assistant"}, {"content", content}});
    request["messages"].push_back({{"role", "user"}, {"content", results}});
    return request;
  }

  static std::string answer(const Json& message) {
    return Json{{"choices", {{{"index", 0}, {"message", message}, {"finish_reason", "tool_calls"}}}}}.dump();
  }

  static Json call(const std::string& id, const std::string& name, const std::string& arguments = "{}") {
    return {{"id", id}, {"type", "function"}, {"function", {{"name", name}, {"arguments", arguments}}}};
  }

  ConversionSettings settings_;
  Json request_ = Json::parse(usual_request());
  const Json thoughtful_ = {
      {"role", "assistant"},
      {"reasoning_content", "I need ls \xE2\x80\x94 \"now\""},
      {"tool_calls", {call("call_1", "ls")}}};
};

TEST_F(RoundTripTest, ThoughtsComeBackToWhoThoughtThem) {
  request_["thinking"] = {{"type", "adaptive"}};

  const Json next = Json::parse(convert(next_request(request_, answer(thoughtful_))).body);

  EXPECT_EQ(next["messages"][1]["reasoning_content"], thoughtful_["reasoning_content"]);
}

TEST_F(RoundTripTest, ThoughtsThatTheClientNeverSawComeBackToo) {
  request_["thinking"] = {{"type", "adaptive"}, {"display", "omitted"}};

  const Json second = next_request(request_, answer(thoughtful_));

  EXPECT_EQ(second["messages"][1]["content"][0]["thinking"], "");
  EXPECT_EQ(Json::parse(convert(second).body)["messages"][1]["reasoning_content"], thoughtful_["reasoning_content"]);
}

TEST_F(RoundTripTest, AnotherProviderDoesNotGetThem) {
  request_["thinking"] = {{"type", "adaptive"}};
  const Json second = next_request(request_, answer(thoughtful_));

  const Json next = Json::parse(convert(second, "another").body);

  EXPECT_EQ(next["messages"][1]["reasoning_content"], "");
}

TEST_F(RoundTripTest, CallIdsComeBackAsTheProviderGaveThem) {
  const std::vector<std::string> ids{"call_1", "functions.ls:0", "id with spaces \xC3\xA9", std::string(80, 'x')};
  for (const std::string& id : ids) {
    const Json second = next_request(request_, answer({{"tool_calls", {call(id, "ls")}}}));
    const std::string client_id = second["messages"][1]["content"][0]["id"];
    const Json next = Json::parse(convert(second).body);

    EXPECT_THAT(client_id, ::testing::MatchesRegex("[a-zA-Z0-9_-]+"));
    EXPECT_EQ(next["messages"][1]["tool_calls"][0]["id"], id);
    EXPECT_EQ(next["messages"][2]["tool_call_id"], id);
  }
}

TEST_F(RoundTripTest, AnIdThatIsTakenComesBackToItsOwnCall) {
  const Json second = next_request(request_, answer({{"tool_calls", {call("call_0", "ls")}}}));
  const Json third = next_request(second, answer({{"tool_calls", {call("call_0", "pwd")}}}));

  const Json next = Json::parse(convert(third).body);

  EXPECT_NE(third["messages"][1]["content"][0]["id"], third["messages"][3]["content"][0]["id"]);
  EXPECT_EQ(next["messages"][3]["tool_calls"][0]["id"], next["messages"][4]["tool_call_id"]);
}

TEST_F(RoundTripTest, ToolsKeepTheirNamesOnBothSides) {
  const std::string name = "mcp__a.server/with spaces__" + std::string(63, 'n');
  request_["tools"][0]["name"] = name;
  request_["tool_choice"] = {{"type", "tool"}, {"name", name}};
  const Json first = Json::parse(convert(request_).body);
  const std::string provider_name = first["tools"][0]["function"]["name"];

  const Json second = next_request(request_, answer({{"tool_calls", {call("call_1", provider_name)}}}));
  const Json next = Json::parse(convert(second).body);

  EXPECT_THAT(provider_name, ::testing::MatchesRegex("[a-zA-Z0-9_-]+"));
  EXPECT_LE(provider_name.size(), 64u);
  EXPECT_EQ(first["tool_choice"]["function"]["name"], provider_name);
  EXPECT_EQ(second["messages"][1]["content"][0]["name"], name);
  EXPECT_EQ(next["messages"][1]["tool_calls"][0]["function"]["name"], provider_name);
}

TEST_F(RoundTripTest, ArgumentsComeBackAsTheyWere) {
  const std::string arguments =
      "{\"z\":1.10,\"a\":12345678901234567890,\"s\":\"\\\\\\\"\\n</script>\\u2028\xE2\x80\xA8\\/ \\ud83d\\ude00\"}";

  const Json second = next_request(request_, answer({{"tool_calls", {call("call_1", "ls", arguments)}}}));
  // Dumped by this client, the numbers are its own.
  const Json next = Json::parse(convert(second).body);
  const std::string returned = next["messages"][1]["tool_calls"][0]["function"]["arguments"];

  EXPECT_EQ(Json::parse(returned), Json::parse(arguments));
}

}  // namespace
}  // namespace balancer::conformance
