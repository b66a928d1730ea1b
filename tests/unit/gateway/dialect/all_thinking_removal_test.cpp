#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "gateway/dialect/messages_request.hpp"
#include "gateway/dialect/thinking_removal.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

const std::string kThinking = R"({"type":"thinking","thinking":"hm","signature":"EqR1"})";
const std::string kRedacted = R"({"type":"redacted_thinking","data":"EmwK"})";
const std::string kOurs = R"({"type":"thinking","thinking":"hm","signature":"gw1.ab"})";
const std::string kText = R"({"type":"text","text":"x"})";
const std::string kTool = R"({"type":"tool_use","id":"t","name":"n","input":{"type":"thinking"}})";
const std::string kUser = R"({"role":"user","content":"hi"})";

std::string assistant(const std::string& blocks) { return R"({"role":"assistant","content":[)" + blocks + "]}"; }

std::string applied(std::string_view body, const std::vector<BodyEdit>& edits) {
  std::string result;
  for (const std::string_view piece : apply_edits(body, edits)) result += piece;
  return result;
}

std::string without_thinking(std::string_view body) {
  const PaddedText text(body);
  return applied(text.view(), find_all_thinking(text.view()));
}

// The same of a body with these messages; only the messages are returned.
std::string cleaned(const std::string& messages) {
  const std::string prefix = R"({"model":"m","messages":)";
  const std::string suffix = R"(,"thinking":{"type":"adaptive"}})";
  const std::string result = without_thinking(prefix + messages + suffix);
  EXPECT_TRUE(result.starts_with(prefix) && result.ends_with(suffix)) << result;
  return result.substr(prefix.size(), result.size() - prefix.size() - suffix.size());
}

TEST(AllThinkingRemovalTest, BlockGoesWithItsCommaWhereverItStands) {
  for (const std::string& thinking : {kThinking, kRedacted, kOurs}) {
    EXPECT_EQ(cleaned("[" + assistant(thinking + "," + kText + "," + kTool) + "]"),
              "[" + assistant(kText + "," + kTool) + "]");
    EXPECT_EQ(cleaned("[" + assistant(kText + "," + thinking + "," + kTool) + "]"),
              "[" + assistant(kText + "," + kTool) + "]");
    EXPECT_EQ(cleaned("[" + assistant(kText + "," + kTool + "," + thinking) + "]"),
              "[" + assistant(kText + "," + kTool) + "]");
  }
}

TEST(AllThinkingRemovalTest, BlocksInARowAndApartGo) {
  EXPECT_EQ(cleaned("[" + assistant(kThinking + "," + kRedacted + "," + kText + "," + kOurs + "," + kTool + "," +
                                    kRedacted + "," + kThinking) + "]"),
            "[" + assistant(kText + "," + kTool) + "]");
}

TEST(AllThinkingRemovalTest, MessageOfThinkingOnlyGoesAsAWhole) {
  EXPECT_EQ(cleaned("[" + kUser + "," + assistant(kThinking) + "," + kUser + "]"), "[" + kUser + "," + kUser + "]");
  EXPECT_EQ(cleaned("[" + assistant(kThinking + "," + kRedacted) + "," + kUser + "]"), "[" + kUser + "]");
  EXPECT_EQ(cleaned("[" + kUser + "," + assistant(kOurs + "," + kThinking) + "]"), "[" + kUser + "]");
  EXPECT_EQ(cleaned("[" + assistant(kThinking) + "]"), "[]");
}

TEST(AllThinkingRemovalTest, EveryMessageIsCleaned) {
  EXPECT_EQ(cleaned("[" + kUser + "," + assistant(kThinking + "," + kTool) + "," + kUser + "," + assistant(kRedacted) +
                    "," + assistant(kText + "," + kThinking) + "," + assistant(kOurs) + "]"),
            "[" + kUser + "," + assistant(kTool) + "," + kUser + "," + assistant(kText) + "]");
}

TEST(AllThinkingRemovalTest, EscapedKeysAndTypesCountLikePlainOnes) {
  const std::string thinking = R"({"typ\u0065":"t\u0068inking","signature":"EqR1"})";
  const std::string body = R"({"m\u0065ssages":[{"\u0063ontent":[)" + thinking + "," + kText + R"(],"role":"assistant"}]})";

  EXPECT_EQ(without_thinking(body), R"({"m\u0065ssages":[{"\u0063ontent":[)" + kText + R"(],"role":"assistant"}]})");
}

TEST(AllThinkingRemovalTest, WhatOnlyMentionsThinkingStays) {
  const std::string result = R"({"type":"tool_result","tool_use_id":"t","content":[)" + kThinking + "," + kText + "]}";
  const std::string mention = R"({"type":"text","text":"{\"type\":\"thinking\"}"})";
  for (const std::string& block : {result, mention, kTool, std::string(R"({"thinking":"thinking"})")}) {
    const std::string messages = R"([{"role":"user","content":[)" + block + "]}," + assistant(kText) + "]";
    EXPECT_EQ(cleaned(messages), messages);
  }
}

TEST(AllThinkingRemovalTest, KeptBytesStayWhateverTheWhiteSpace) {
  const std::string kept = "{ \"type\" :\"text\", \"n\": 1.0,\t\"text\":\"\\u00e9\\/\\ud83d\" }";
  const std::string body = "\xef\xbb\xbf\n{ \"x\" : 1e400 , \"messages\" : [ \n" +
                           assistant("\n " + kThinking + " ,\n " + kept + " , " + kRedacted + " \n") + " ] }\r\n";

  EXPECT_EQ(without_thinking(body), "\xef\xbb\xbf\n{ \"x\" : 1e400 , \"messages\" : [ \n" +
                                        assistant("\n " + kept + " \n") + " ] }\r\n");
}

TEST(AllThinkingRemovalTest, OfDuplicateKeysTheLastCounts) {
  const std::string unused = R"("messages":[)" + assistant(kThinking + "," + kText) + "]";

  EXPECT_EQ(without_thinking("{" + unused + R"(,"messages":[)" + assistant(kThinking + "," + kTool) + "]}"),
            "{" + unused + R"(,"messages":[)" + assistant(kTool) + "]}");
}

TEST(AllThinkingRemovalTest, MessagesOfOtherShapesAreSteppedOver) {
  const std::string odd = R"({"role":"assistant"},{"content":null},{"content":{"a":[1]}},{"content":["thinking",7]},)"
                          R"({"content":[]},{})";

  EXPECT_EQ(cleaned("[" + odd + "," + assistant(kThinking + "," + kText) + "]"), "[" + odd + "," + assistant(kText) + "]");
}

TEST(AllThinkingRemovalTest, MalformedBodiesYieldNothing) {
  const std::string messages = R"("messages":[)" + assistant(kThinking + "," + kText) + "]";
  for (const std::string& body :
       {std::string(), std::string("null"), "[" + messages.substr(11) + "]", "{" + messages, "{" + messages + ",}",
        "{" + messages + R"(,"x":[1 2]})", "{" + messages + R"(,"x":"\q"})", "{" + messages + ",\"x\":\"\xff\"}",
        R"({"messages":{"content":[)" + kThinking + "]}}", R"({"messages":[1,)" + assistant(kThinking) + "]}",
        std::string(R"({"messages":"thinking"})"), std::string(R"({"messages":null})"), std::string("{}")}) {
    const PaddedText text(body);
    EXPECT_TRUE(find_all_thinking(text.view()).empty()) << body;
  }
}

TEST(AllThinkingRemovalTest, GoesTogetherWithTheOtherEdits) {
  const std::string messages = R"("messages":[)" + assistant(kOurs + "," + kText + "," + kThinking) + "]";
  const std::string clean = R"("messages":[)" + assistant(kText) + "]";
  const auto forwarded = [](const std::string& body) {
    const PaddedText text(body);
    JsonObjectScanner scanner;
    const MessagesRequest request = scan_messages_request(text.view(), scanner).value();
    return applied(text.view(), passthrough_edits(request, "n", find_all_thinking(text.view())));
  };

  EXPECT_EQ(forwarded(R"({"model":"m",)" + messages + R"(,"provider":"p"})"), R"({"model":"n",)" + clean + "}");
  EXPECT_EQ(forwarded(R"({"provider":"p",)" + messages + R"(,"model":"m"})"), "{" + clean + R"(,"model":"n"})");
}

}  // namespace
}  // namespace balancer::gateway
