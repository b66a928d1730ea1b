#include "deploy/demo_provider/demo_answer.hpp"

#include <gmock/gmock.h>

namespace balancer::demo {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Speaker = LastTurn::Speaker;

DemoRequest said_by(Speaker speaker, std::string text) {
  DemoRequest request;
  request.last_turn = {speaker, std::move(text)};
  request.possible_calls = {{"ls", R"({"dir":"demo"})"}, {"get_weather", "{}"}};
  return request;
}

// The name of the tool that is called when the user says this; empty for none.
std::string called_upon(std::string text) {
  const DemoAnswer answer = decide_answer(said_by(Speaker::kUser, std::move(text)));
  return answer.tool_call ? answer.tool_call->name : "";
}

TEST(DemoAnswerTest, SaysWhatItIsAndEchoesTheUsersText) {
  const DemoAnswer answer = decide_answer(said_by(Speaker::kUser, "Hello"));

  EXPECT_THAT(answer.text, AllOf(HasSubstr("demo provider"), EndsWith("You wrote: Hello")));
  EXPECT_THAT(answer.thinking, IsEmpty());
  EXPECT_FALSE(answer.tool_call);
}

TEST(DemoAnswerTest, ShortensALongEchoWithoutSplittingACharacter) {
  std::string question(199, 'a');
  for (int i = 0; i < 100; ++i) question += "é";

  const DemoAnswer answer = decide_answer(said_by(Speaker::kUser, question));

  EXPECT_THAT(answer.text, EndsWith("You wrote: " + std::string(199, 'a') + "…"));
}

TEST(DemoAnswerTest, CallsTheFirstToolUponTheWord) {
  EXPECT_EQ(called_upon("Please use a tool."), "ls");
  EXPECT_EQ(called_upon("TOOL"), "ls");
  EXPECT_EQ(called_upon("a stool, toolbox and tool_kit"), "");
}

TEST(DemoAnswerTest, CallsTheToolThatIsNamed) {
  EXPECT_EQ(called_upon("Use the tool `get_weather`, then ls"), "get_weather");
  EXPECT_EQ(called_upon("ls!"), "ls");
  EXPECT_EQ(called_upon("false, LS or ls-files"), "");
}

TEST(DemoAnswerTest, ACallComesWithItsArgumentsBehindAShortText) {
  const DemoAnswer answer = decide_answer(said_by(Speaker::kUser, "ls"));

  ASSERT_TRUE(answer.tool_call);
  EXPECT_EQ(answer.tool_call->arguments, R"({"dir":"demo"})");
  EXPECT_EQ(answer.text, "The demo provider calls ls.");
}

TEST(DemoAnswerTest, EchoesTheWordToolWhenNoneIsOffered) {
  DemoRequest request = said_by(Speaker::kUser, "Use a tool");
  request.possible_calls.clear();

  const DemoAnswer answer = decide_answer(request);

  EXPECT_FALSE(answer.tool_call);
  EXPECT_THAT(answer.text, EndsWith("You wrote: Use a tool"));
}

TEST(DemoAnswerTest, QuotesTheBeginningOfAToolsResultAndCallsNoOther) {
  const DemoAnswer answer = decide_answer(said_by(Speaker::kTool, "a tool " + std::string(500, 'x')));

  EXPECT_FALSE(answer.tool_call);
  EXPECT_EQ(answer.text, "The tool said: a tool " + std::string(193, 'x') + "…");
  EXPECT_EQ(decide_answer(said_by(Speaker::kTool, "")).text, "The tool said nothing.");
}

TEST(DemoAnswerTest, CallsNothingWhenNobodySpoke) {
  EXPECT_FALSE(decide_answer(said_by(Speaker::kNobody, "Use a tool")).tool_call);
}

TEST(DemoAnswerTest, ThinksOnlyWhenAskedTo) {
  DemoRequest request = said_by(Speaker::kUser, "ls");
  request.wants_thinking = true;

  const DemoAnswer answer = decide_answer(request);

  EXPECT_THAT(answer.thinking, Not(IsEmpty()));
  EXPECT_TRUE(answer.tool_call);
}

}  // namespace
}  // namespace balancer::demo
