#include "gateway/dialect/thinking_move.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {

void PrintTo(ThinkingMove move, std::ostream* out) {
  constexpr const char* kNames[] = {"nothing to do", "remove", "impossible"};
  *out << kNames[static_cast<int>(move)];
}

namespace {

const std::string kThinking = R"({"type":"thinking","thinking":"hm","signature":"EqR1"})";
const std::string kRedacted = R"({"type":"redacted_thinking","data":"EmwK"})";
const std::string kOurs = R"({"type":"thinking","thinking":"hm","signature":"gw1.ab"})";
const std::string kText = R"({"type":"text","text":"x"})";
const std::string kTool = R"({"type":"tool_use","id":"t","name":"n","input":{}})";
const std::string kUser = R"({"role":"user","content":"hi"})";
const std::string kToolResult = R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]})";
const std::string kEnabled = R"({"type":"enabled","budget_tokens":2000})";
const std::string kAdaptive = R"({"type":"adaptive"})";
const std::string kDisabled = R"({"type":"disabled"})";

std::string assistant(const std::string& blocks) { return R"({"role":"assistant","content":[)" + blocks + "]}"; }

std::string body_of(const std::string& messages, const std::string& thinking = {}) {
  return R"({"model":"m",)" + (thinking.empty() ? "" : R"("thinking":)" + thinking + ",") + R"("messages":[)" + messages +
         "]}";
}

ThinkingMove moved(const std::string& body, std::string_view domain = "y") {
  const PaddedText text(body);
  return decide_thinking_move("x", domain, text.view());
}

TEST(ThinkingMoveTest, WithinADomainThereIsNothingToDo) {
  EXPECT_EQ(moved(body_of(kUser + "," + assistant(kThinking + "," + kTool) + "," + kToolResult, kEnabled), "x"),
            ThinkingMove::kNothingToDo);
}

TEST(ThinkingMoveTest, AHistoryWithoutForeignThinkingGoesAnywhere) {
  EXPECT_EQ(moved(body_of(kUser, kEnabled)), ThinkingMove::kNothingToDo);
  EXPECT_EQ(moved(body_of(kUser + "," + assistant(kText + "," + kTool) + "," + kToolResult, kEnabled)),
            ThinkingMove::kNothingToDo);
  // Taken out on every attempt.
  EXPECT_EQ(moved(body_of(kUser + "," + assistant(kOurs + "," + kTool) + "," + kToolResult, kEnabled)),
            ThinkingMove::kNothingToDo);
}

TEST(ThinkingMoveTest, NestedContentThatMentionsThinkingIsNoThinking) {
  const std::string result = R"({"role":"user","content":[{"type":"tool_result","content":[)" + kThinking + "]}]}";

  EXPECT_EQ(moved(body_of(assistant(kTool) + "," + result)), ThinkingMove::kNothingToDo);
}

TEST(ThinkingMoveTest, ThinkingAnywhereInTheHistoryIsRemoved) {
  EXPECT_EQ(moved(body_of(kUser + "," + assistant(kThinking + "," + kText) + "," + kUser)), ThinkingMove::kRemove);
  EXPECT_EQ(moved(body_of(assistant(kText + "," + kRedacted) + "," + kUser + "," + assistant(kText))),
            ThinkingMove::kRemove);
  EXPECT_EQ(moved(body_of(assistant(kOurs + "," + kThinking + "," + kText) + "," + kUser)), ThinkingMove::kRemove);
}

TEST(ThinkingMoveTest, EscapedKeysAndTypesCountLikePlainOnes) {
  const std::string thinking = R"({"typ\u0065":"t\u0068inking","signature":"EqR1"})";
  const std::string tool = R"({"type":"tool\u005fuse"})";
  const std::string message = R"({"rol\u0065":"\u0061ssistant","c\u006fntent":[)" + thinking + "," + tool + "]}";
  const auto body = [&](const std::string& mode) {
    return R"({"\u0074hinking":{"type":")" + mode + R"("},"m\u0065ssages":[)" + message + "]}";
  };

  EXPECT_EQ(moved(body("disabl\\u0065d")), ThinkingMove::kRemove);
  EXPECT_EQ(moved(body("enabl\\u0065d")), ThinkingMove::kImpossible);
}

TEST(ThinkingMoveTest, EnabledThinkingAndAToolCallInTheLastAssistantTurnRuleItOut) {
  const std::string call = assistant(kThinking + "," + kTool);

  EXPECT_EQ(moved(body_of(kUser + "," + call + "," + kToolResult, kEnabled)), ThinkingMove::kImpossible);
  EXPECT_EQ(moved(body_of(assistant(kThinking + "," + kText) + "," + kUser + "," + assistant(kText + "," + kTool) + "," +
                          kToolResult, kEnabled)),
            ThinkingMove::kImpossible);
}

TEST(ThinkingMoveTest, AssistantMessagesInARowAreOneTurn) {
  EXPECT_EQ(moved(body_of(kUser + "," + assistant(kThinking + "," + kTool) + "," + assistant(kText), kEnabled)),
            ThinkingMove::kImpossible);
}

TEST(ThinkingMoveTest, AMessageOfThinkingOnlyIsNoTurn) {
  EXPECT_EQ(moved(body_of(assistant(kThinking + "," + kTool) + "," + kToolResult + "," + assistant(kThinking) + "," + kUser,
                          kEnabled)),
            ThinkingMove::kImpossible);
}

TEST(ThinkingMoveTest, AnEarlierToolCallDoesNotMatter) {
  EXPECT_EQ(moved(body_of(assistant(kThinking + "," + kTool) + "," + kToolResult + "," + assistant(kText) + "," + kUser,
                          kEnabled)),
            ThinkingMove::kRemove);
  EXPECT_EQ(moved(body_of(assistant(kThinking + "," + kTool) + "," + kToolResult + R"(,{"role":"assistant","content":"x"})",
                          kEnabled)),
            ThinkingMove::kRemove);
}

TEST(ThinkingMoveTest, WithoutEnabledThinkingToolCallsDoNotMatter) {
  const std::string history = kUser + "," + assistant(kThinking + "," + kTool) + "," + kToolResult;

  for (const std::string& thinking : {kAdaptive, kDisabled, std::string(), std::string("null"),
                                      std::string(R"("enabled")"), std::string(R"({"type":["enabled"]})")}) {
    EXPECT_EQ(moved(body_of(history, thinking)), ThinkingMove::kRemove) << thinking;
  }
}

TEST(ThinkingMoveTest, MalformedBodiesNeedNothing) {
  const std::string history = assistant(kThinking + "," + kTool);
  for (const std::string& body :
       {std::string(), std::string("null"), "[" + history + "]", R"({"messages":[)" + history, body_of(history + ","),
        R"({"messages":)" + history + "}", std::string(R"({"messages":"thinking"})"), std::string(R"({"x":"thinking"})")}) {
    EXPECT_EQ(moved(body), ThinkingMove::kNothingToDo) << body;
  }
}

}  // namespace
}  // namespace balancer::gateway
