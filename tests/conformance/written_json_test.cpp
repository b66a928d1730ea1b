// The comparison itself: what it lets pass, and what it must not.
#include "tests/conformance/written_json.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace balancer::conformance {
namespace {

TEST(WrittenJsonTest, OrderOfKeysWhiteSpaceAndEscapesAreFree) {
  EXPECT_EQ(json_difference(R"({"a":1,"b":["x",true,null]})", "{ \"b\" : [\"\\u0078\", true, null],\n\"a\":1 }"), "");
}

TEST(WrittenJsonTest, NumbersMustBeSpeltAlike) {
  EXPECT_EQ(json_difference("[1e400,12345678901234567890]", "[1e400,12345678901234567890]"), "");
  EXPECT_NE(json_difference("[1.10]", "[1.1]"), "");
  EXPECT_NE(json_difference("[1]", "[1.0]"), "");
  EXPECT_NE(json_difference("[1]", R"(["1"])"), "");
}

TEST(WrittenJsonTest, OrderOfKeysCountsWithinSchemasAndInputs) {
  EXPECT_NE(json_difference(R"({"input":{"z":1,"a":2}})", R"({"input":{"a":2,"z":1}})"), "");
  EXPECT_NE(json_difference(R"({"parameters":{"p":{"z":1,"a":2}}})", R"({"parameters":{"p":{"a":2,"z":1}}})"), "");
  EXPECT_EQ(json_difference(R"({"input":{"z":1,"a":2}})", R"({"input":{"z":1,"a":2}})"), "");
}

TEST(WrittenJsonTest, EveryMemberAndElementCounts) {
  EXPECT_EQ(json_difference(R"({"a":{"b":1}})", R"({"a":{}})"), ".a.b: missing");
  EXPECT_EQ(json_difference(R"({"a":{}})", R"({"a":{"b":1}})"), ".a.b: unexpected, 1");
  EXPECT_NE(json_difference("[1,2]", "[1]"), "");
  EXPECT_NE(json_difference("{}", "[]"), "");
  EXPECT_NE(json_difference("null", "false"), "");
  EXPECT_NE(json_difference(R"({"a":1})", R"({"a":1,"a":1})"), "");
}

TEST(WrittenJsonTest, PlaceholdersStandForWhatIsGenerated) {
  EXPECT_EQ(json_difference(R"(["<n>","<msg id>"])", R"([12,"msg_0123456789abcdefABCDEF01"])"), "");
  EXPECT_NE(json_difference(R"(["<n>"])", "[1.5]"), "");
  EXPECT_NE(json_difference(R"(["<n>"])", "[-1]"), "");
}

TEST(WrittenJsonTest, WhatIsNoJsonThrows) {
  for (const char* const text : {"", "{", "[1,]", R"({"a":1}})", R"(["\ud83d"])", "[01x]"}) {
    EXPECT_THROW((void)read_written_json(text), std::runtime_error) << text;
  }
}

}  // namespace
}  // namespace balancer::conformance
