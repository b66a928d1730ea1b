#include "tests/conformance/placeholders.hpp"

#include <gtest/gtest.h>

namespace balancer::conformance {
namespace {

TEST(PlaceholdersTest, StandForWhatIsGenerated) {
  EXPECT_TRUE(matches_expected("S0:tool_use ls <tool id>", "S0:tool_use ls toolu_0123456789abcdefABCDEF01"));
  EXPECT_FALSE(matches_expected("S0:tool_use ls <tool id>", "S0:tool_use ls toolu_0123"));
  EXPECT_TRUE(matches_expected("D0 <signature>", "D0 gw1.0123abcd"));
  EXPECT_FALSE(matches_expected("D0 <signature>", "D0 EqR0"));
  EXPECT_TRUE(matches_expected("MD(end_turn,<n>,<n>)", "MD(end_turn,12,3)"));
  EXPECT_TRUE(matches_expected("<any>b<any>", "a\nb\nc"));
}

TEST(PlaceholdersTest, AllElseIsLiteral) {
  EXPECT_TRUE(matches_expected("a < b <think> .*", "a < b <think> .*"));
  EXPECT_FALSE(matches_expected("a < b .*", "a < b  "));
  EXPECT_FALSE(matches_expected("ab<n>", "ab1c"));
}

TEST(PlaceholdersTest, GeneratedIdsAreTakenOutOfBytes) {
  EXPECT_EQ(without_generated_ids(R"({"id":"msg_0123456789abcdefABCDEF01"} "toolu_0123456789abcdefABCDEF02" call_1)"),
            R"({"id":"<msg id>"} "<toolu id>" call_1)");
}

}  // namespace
}  // namespace balancer::conformance
