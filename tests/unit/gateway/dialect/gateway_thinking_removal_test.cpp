#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "gateway/dialect/thinking_removal.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

const std::string kOurs = R"({"type":"thinking","thinking":"hm","signature":"gw1.ab"})";
const std::string kTheirs = R"({"type":"thinking","thinking":"hm","signature":"EqR1"})";
const std::string kText = R"({"type":"text","text":"x"})";
const std::string kUser = R"({"role":"user","content":"hi"})";

std::string assistant(const std::string& blocks) { return R"({"role":"assistant","content":[)" + blocks + "]}"; }

// The body {"messages":<messages>} without the gateway's blocks; only the messages are returned.
std::string cleaned(const std::string& messages) {
  const std::string prefix = R"({"model":"m","messages":)";
  const PaddedText text(prefix + messages + "}");
  const std::string_view body = text.view();
  const std::vector<BodyEdit> edits = find_gateway_thinking(body, body.substr(prefix.size(), messages.size()));
  std::string result;
  for (const std::string_view piece : apply_edits(body, edits)) result += piece;
  EXPECT_TRUE(result.starts_with(prefix));
  return result.substr(prefix.size(), result.size() - prefix.size() - 1);
}

TEST(GatewayThinkingRemovalTest, OnlyOurBlockGoesWithItsComma) {
  EXPECT_EQ(cleaned("[" + kUser + "," + assistant(kOurs + "," + kTheirs + "," + kText) + "]"),
            "[" + kUser + "," + assistant(kTheirs + "," + kText) + "]");
  EXPECT_EQ(cleaned("[" + assistant(kTheirs + "," + kOurs + "," + kText) + "]"),
            "[" + assistant(kTheirs + "," + kText) + "]");
  EXPECT_EQ(cleaned("[" + assistant(kText + "," + kOurs) + "]"), "[" + assistant(kText) + "]");
}

TEST(GatewayThinkingRemovalTest, SeveralOfOurBlocksGo) {
  EXPECT_EQ(cleaned("[" + assistant(kOurs + "," + kOurs + "," + kText + "," + kOurs + "," + kTheirs + "," + kOurs) + "]"),
            "[" + assistant(kText + "," + kTheirs) + "]");
  EXPECT_EQ(cleaned("[" + assistant(kText + "," + kOurs + "," + kOurs) + "]"), "[" + assistant(kText) + "]");
}

TEST(GatewayThinkingRemovalTest, MessageOfOurBlocksOnlyGoesAsAWhole) {
  const std::string empty = assistant(kOurs);

  EXPECT_EQ(cleaned("[" + kUser + "," + empty + "," + kUser + "]"), "[" + kUser + "," + kUser + "]");
  EXPECT_EQ(cleaned("[" + empty + "," + kUser + "]"), "[" + kUser + "]");
  EXPECT_EQ(cleaned("[" + kUser + "," + assistant(kOurs + "," + kOurs) + "]"), "[" + kUser + "]");
  EXPECT_EQ(cleaned("[" + empty + "]"), "[]");
}

TEST(GatewayThinkingRemovalTest, EditsInSeveralMessagesDoNotDisturbEachOther) {
  EXPECT_EQ(cleaned("[" + assistant(kOurs + "," + kText) + "," + assistant(kOurs) + "," + kUser + "," +
                    assistant(kText + "," + kOurs) + "," + assistant(kOurs) + "]"),
            "[" + assistant(kText) + "," + kUser + "," + assistant(kText) + "]");
}

TEST(GatewayThinkingRemovalTest, KeptBlocksKeepTheirBytesWhateverTheWhiteSpace) {
  const std::string kept = "{ \"type\" :\"text\", \"n\": 1.0,\t\"text\":\"\\u00e9\\/\" }";

  const std::string result = cleaned("[ \n" + assistant("\n " + kOurs + " ,\n " + kept + " , " + kOurs + " \n") + " ]");

  EXPECT_NE(result.find(kept), std::string::npos) << result;
  EXPECT_EQ(Json::parse(result), Json::parse("[" + assistant(kept) + "]"));
}

TEST(GatewayThinkingRemovalTest, BlocksThatOnlyLookLikeOursStay) {
  for (const std::string& block :
       {std::string(R"({"type":"text","text":"gw1.","signature":"gw1.ab"})"),
        std::string(R"({"type":"thinking","thinking":"gw1.x","signature":"Egw1."})"),
        std::string(R"({"type":"redacted_thinking","data":"gw1.ab"})"),
        std::string(R"({"type":"tool_use","input":{"type":"thinking","signature":"gw1.ab"}})"),
        std::string(R"({"type":"thinking","signature":7,"x":"gw1."})")}) {
    const std::string messages = "[" + assistant(block + "," + kText) + "]";
    EXPECT_EQ(cleaned(messages), messages);
  }
}

TEST(GatewayThinkingRemovalTest, OrderOfTheMembersDoesNotMatter) {
  const std::string ours = R"({"signature":"gw1.","cache_control":{"type":"ephemeral"},"thinking":"\"","type":"thinking"})";
  const std::string message = R"({"content":[)" + ours + "," + kText + R"(],"role":"assistant"})";

  EXPECT_EQ(cleaned("[" + message + "]"), R"([{"content":[)" + kText + R"(],"role":"assistant"}])");
}

TEST(GatewayThinkingRemovalTest, MessagesOfOtherShapesAreSteppedOver) {
  const std::string odd = R"({"role":"assistant"},{"content":null},{"content":{"a":[1]}},{"content":["gw1.",7]},{})";

  EXPECT_EQ(cleaned("[" + odd + "," + assistant(kOurs + "," + kText) + "]"), "[" + odd + "," + assistant(kText) + "]");
}

TEST(GatewayThinkingRemovalTest, WhatIsNoListOfMessagesIsLeftAlone) {
  for (const std::string& messages : {std::string("\"gw1.\""), "{\"a\":" + kOurs + "}", "[1," + assistant(kOurs) + "]",
                                      "[" + assistant(kOurs) + ",\"x\"]", std::string("null")}) {
    EXPECT_EQ(cleaned(messages), messages);
  }
}

}  // namespace
}  // namespace balancer::gateway
