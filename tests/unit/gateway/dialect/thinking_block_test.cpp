#include "gateway/dialect/thinking_block.hpp"

#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

bool is_thinking(const std::string& json) {
  JsonDocument document;
  return is_thinking_block(document.read_copy(json).value());
}

bool is_gateway_thinking(const std::string& json) {
  JsonDocument document;
  return is_gateway_thinking_block(document.read_copy(json).value());
}

TEST(ThinkingBlockTest, BothKindsAreThinkingHoweverTheyAreSpelt) {
  EXPECT_TRUE(is_thinking(R"({"type":"thinking","thinking":"hm","signature":"EqR1"})"));
  EXPECT_TRUE(is_thinking(R"({"data":"x","type":"redacted_thinking"})"));
  EXPECT_TRUE(is_thinking(R"({"typ\u0065":"thin\u006bing"})"));
  EXPECT_TRUE(is_thinking(R"({"type":"text","type":"thinking"})"));
}

TEST(ThinkingBlockTest, OtherBlocksAndOtherValuesAreNot) {
  for (const char* json : {R"({"type":"text","text":"thinking"})", R"({"thinking":"thinking"})", R"({"type":"Thinking"})",
                           R"({"type":{"type":"thinking"}})", R"({"type":"tool_use","input":{"type":"thinking"}})",
                           R"({"type":"thinking","type":"text"})", R"({})", R"("thinking")", "7", "null",
                           R"(["type","thinking"])"}) {
    EXPECT_FALSE(is_thinking(json)) << json;
  }
}

TEST(ThinkingBlockTest, TheSignatureTellsTheGatewaysOwn) {
  EXPECT_TRUE(is_gateway_thinking(R"({"type":"thinking","signature":"gw1.ab"})"));
  EXPECT_TRUE(is_gateway_thinking(R"({"signature":"\u0067w1.ab","type":"thinking"})"));

  EXPECT_FALSE(is_gateway_thinking(R"({"type":"thinking","signature":"EqR1"})"));
  EXPECT_FALSE(is_gateway_thinking(R"({"type":"thinking"})"));
  EXPECT_FALSE(is_gateway_thinking(R"({"type":"redacted_thinking","data":"gw1.ab","signature":"gw1.ab"})"));
  EXPECT_FALSE(is_gateway_thinking(R"({"type":"text","signature":"gw1.ab"})"));
}

TEST(ThinkingBlockTest, CheapLookFindsTheGatewaysMark) {
  EXPECT_TRUE(may_hold_gateway_thinking(R"([{"signature":"gw1.ab"}])"));

  EXPECT_FALSE(may_hold_gateway_thinking(R"([{"signature":"EqR1"}])"));
  EXPECT_FALSE(may_hold_gateway_thinking(""));
}

TEST(ThinkingBlockTest, CheapLookFindsEverySpellingOfAType) {
  for (const std::string type : {"thinking", "redacted_thinking"}) {
    EXPECT_TRUE(may_hold_thinking(R"({"type":")" + type + R"("})"));
    for (std::size_t i = 0; i < type.size(); ++i) {
      for (const char* digits : {"0123456789abcdef", "0123456789ABCDEF"}) {
        const auto c = static_cast<unsigned char>(type[i]);
        const std::string escape = std::string("\\u00") + digits[c >> 4] + digits[c & 0xf];
        const std::string json = R"({"type":")" + std::string(type).replace(i, 1, escape) + R"("})";
        EXPECT_TRUE(is_thinking(json)) << json;
        EXPECT_TRUE(may_hold_thinking(json)) << json;
      }
    }
  }
}

TEST(ThinkingBlockTest, CheapLookPassesOrdinaryTextBy) {
  for (const char* json : {"", R"({"type":"text","text":"thinking of \u00e9 and \u001b[0m\n"})", R"("\\u00)", R"("\u00)"}) {
    EXPECT_FALSE(may_hold_thinking(json)) << json;
  }
}

}  // namespace
}  // namespace balancer::gateway
