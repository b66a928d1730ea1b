#include "gateway/dialect/json/json_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JsonDocumentTest : public testing::Test {
 protected:
  // The value of a text that must be accepted; valid until the next call.
  JsonValue value(std::string_view json) {
    text_ = PaddedText(json);
    const Result<JsonValue> root = document_.read(text_.view());
    EXPECT_TRUE(root) << json;
    return root ? *root : JsonValue();
  }

  std::string refusal(std::string_view json) {
    const PaddedText text(json);
    const Result<JsonValue> root = document_.read(text.view());
    if (root) return "(accepted)";
    EXPECT_EQ(root.error().code, ErrorCode::kInvalidRequest);
    return root.error().message;
  }

  PaddedText text_{""};
  JsonDocument document_;
};

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::vector<std::string> fields(JsonValue object) {
  std::vector<std::string> result;
  for (const JsonField field : object.fields()) {
    result.push_back(std::string(field.raw_key) + "=" + std::string(field.value.raw()));
  }
  return result;
}

std::vector<std::string> elements(JsonValue array) {
  std::vector<std::string> result;
  for (const JsonValue element : array.elements()) result.emplace_back(element.raw());
  return result;
}

TEST_F(JsonDocumentTest, EveryKindIsKnownAndCopiedAsItStands) {
  const JsonValue root = value("\r\n { \"a\" : [ 1 , { } ] , \"s\":\"x \\n\" ,\"t\":true,"
                               "\"f\": false\n,\"n\":null, \"e\" : -1.5E+3 }\t");

  EXPECT_EQ(root.kind(), JsonKind::kObject);
  EXPECT_EQ(root["a"].kind(), JsonKind::kArray);
  EXPECT_EQ(root["a"].raw(), "[ 1 , { } ]");
  EXPECT_EQ(root["s"].kind(), JsonKind::kString);
  EXPECT_EQ(root["s"].raw(), R"("x \n")");
  EXPECT_EQ(root["s"].text(), R"(x \n)");
  EXPECT_EQ(root["s"].decoded_text(), "x \n");
  EXPECT_EQ(root["t"].kind(), JsonKind::kBoolean);
  EXPECT_TRUE(root["t"].is_true());
  EXPECT_FALSE(root["f"].is_true());
  EXPECT_TRUE(root["n"].is_null());
  EXPECT_TRUE(root["n"].is_nothing());
  EXPECT_EQ(root["e"].kind(), JsonKind::kNumber);
  EXPECT_EQ(root["e"].raw(), "-1.5E+3");
  EXPECT_TRUE(root.raw().starts_with("{ \"a\""));
  EXPECT_TRUE(root.raw().ends_with("3 }"));
}

TEST_F(JsonDocumentTest, ScalarsAreDocumentsToo) {
  EXPECT_EQ(value(" 17 ").whole_number(), 17);
  EXPECT_EQ(value("\"x\"").text(), "x");
  EXPECT_TRUE(value("true\n").is_true());
  EXPECT_TRUE(value("null").is_null());
}

TEST_F(JsonDocumentTest, WalksMembersAndElementsInOrder) {
  EXPECT_THAT(fields(value(R"({"a":1,"b":[{"c":[]},{}],"d":{"e":"}"},"f":"]"})")),
              ElementsAre("a=1", R"(b=[{"c":[]},{}])", R"(d={"e":"}"})", R"(f="]")"));
  EXPECT_THAT(elements(value(R"([1,[2,[3]],{"a":[4]},"[,]",[],{}])")),
              ElementsAre("1", "[2,[3]]", R"({"a":[4]})", R"("[,]")", "[]", "{}"));
}

TEST_F(JsonDocumentTest, EmptyContainersHaveNothingToWalk) {
  const JsonValue root = value("{\"o\":{ },\"a\":[\n],\"s\":\"\"}");
  for (const char* key : {"o", "a", "s"}) EXPECT_TRUE(root[key].empty()) << key;
  EXPECT_THAT(fields(root["o"]), IsEmpty());
  EXPECT_THAT(elements(root["a"]), IsEmpty());
  EXPECT_FALSE(root.empty());
  EXPECT_FALSE(value("[0]").empty());
  EXPECT_FALSE(value("\" \"").empty());
}

TEST_F(JsonDocumentTest, AskingForTheWrongKindYieldsNothing) {
  const JsonValue root = value(R"({"n":5,"s":"5"})");

  EXPECT_FALSE(root["missing"]);
  EXPECT_TRUE(root["missing"].is_nothing());
  EXPECT_EQ(root["missing"]["deeper"].kind(), JsonKind::kAbsent);
  EXPECT_EQ(root["missing"].raw(), "");
  EXPECT_EQ(root["missing"].decoded_text(), "");
  EXPECT_EQ(root["missing"].whole_number(), std::nullopt);
  EXPECT_TRUE(root["missing"].empty());
  EXPECT_THAT(fields(root["missing"]), IsEmpty());
  EXPECT_THAT(elements(root["missing"]), IsEmpty());
  EXPECT_FALSE(root["n"]["x"]);
  EXPECT_EQ(root["n"].text(), "");
  EXPECT_THAT(elements(root), IsEmpty());
  EXPECT_THAT(fields(root["s"]), IsEmpty());
  EXPECT_EQ(root["s"].whole_number(), std::nullopt);
}

TEST_F(JsonDocumentTest, TheLastOfEqualKeysIsTheOneFound) {
  const JsonValue root = value(R"({"a":1,"b":2,"a":[3],"b":null,"\u0061":4})");
  EXPECT_EQ(root["a"].raw(), "4");
  EXPECT_TRUE(root["b"].is_null());
  EXPECT_THAT(fields(root), ElementsAre("a=1", "b=2", "a=[3]", "b=null", R"(\u0061=4)"));
}

TEST_F(JsonDocumentTest, KeysAreFoundHoweverTheyAreSpelled) {
  const JsonValue root = value(R"({"\u006dodel":"\u0078","\\u006d":2,"mode\u006c2":3})");
  EXPECT_TRUE(root["model"].says("x"));
  EXPECT_FALSE(root["model"].says("y"));
  EXPECT_EQ(root["model2"].raw(), "3");
  EXPECT_FALSE(root["m"]);
  EXPECT_FALSE(root["model"]["model"]);
}

TEST_F(JsonDocumentTest, NumbersOfAnySizeStayTheTextTheyWere) {
  for (const std::string& number :
       {std::string("0"), std::string("-0"), std::string("0.0e-0"), std::string("123456789012345678901234567890"),
        std::string("1e999999"), std::string("-1E-999999"), "0." + std::string(5000, '3'), std::string(5000, '9')}) {
    EXPECT_EQ(value(number).raw(), number);
    EXPECT_EQ(value("[" + number + " ]").raw(), "[" + number + " ]");
  }
}

TEST_F(JsonDocumentTest, WhatOnlyLooksLikeANumberIsRefused) {
  for (const char* text : {"01", "-01", "00", "-", "+1", ".5", "1.", "1.e2", "1e", "1e+", "1E-", "- 1", "1 2", "0x10",
                           "1_0", "NaN", "Infinity", "-Infinity", "1f", "1.2.3", "1e2e3", "--1", "1-2",
                           "\xef\xbc\x91"}) {
    EXPECT_THAT(refusal(text), HasSubstr("JSON")) << text;
    EXPECT_THAT(refusal("{\"a\":" + std::string(text) + "}"), HasSubstr("JSON")) << text;
  }
}

TEST_F(JsonDocumentTest, WholeNumberIsTheWholePartWithinItsRange) {
  EXPECT_EQ(value("4096").whole_number(), 4096);
  EXPECT_EQ(value("-7").whole_number(), -7);
  EXPECT_EQ(value("1e3").whole_number(), 1000);
  EXPECT_EQ(value("2.9").whole_number(), 2);
  EXPECT_EQ(value("9223372036854775807").whole_number(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(value("-9223372036854775808").whole_number(), std::numeric_limits<std::int64_t>::min());
  for (const char* number : {"9223372036854775808", "1e19", "-1e300", "1e999"}) {
    EXPECT_EQ(value(number).whole_number(), std::nullopt) << number;
  }
  EXPECT_EQ(value("true").whole_number(), std::nullopt);
}

TEST_F(JsonDocumentTest, RefusesWhatIsNotOneValue) {
  for (const char* text :
       {"{", "}", "[", "]", "[}", "{]", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{,}", R"({"a"})", R"({"a":})",
        R"({"a":1,})", R"({"a" 1})", R"({"a":1 "b":2})", R"({"a":1;})", "{a:1}", "{1:1}", R"({"a"::1})",
        R"({"a":1}})", "[1]]", "{}{}", "{} x", R"("a" "b")", R"("a"b)", R"(a"b")", "tru", "true1", "True", "nul",
        "nulll", "'a'", "\"", "\"a", "[\"a]", "{\"a\":1", "[1:2]", ":", ",", "/**/1", "[1]//", "\"\\x\"",
        "\"\\u12\"", "\"\\\"", "\"\n\"", "\"\t\"", "\\", "{\"\\q\":1}"}) {
    EXPECT_THAT(refusal(text), HasSubstr("JSON")) << text;
  }
}

TEST_F(JsonDocumentTest, NulIsNoWhiteSpace) {
  using std::string_literals::operator""s;
  for (const std::string& text : {"{}\0"s, "\0{}"s, "1\0"s, "[1,\0]"s, "\"a\0\""s, "\"a\"\0"s}) {
    EXPECT_THAT(refusal(text), HasSubstr("JSON"));
  }
}

TEST_F(JsonDocumentTest, SaysWhatIsWrongWithATextThatIsEmptyOrNotUtf8) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("\xef\xbb\xbf"), HasSubstr("empty"));
  EXPECT_THAT(refusal(" \n"), HasSubstr("JSON"));
  for (const char* text :
       {"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "\"\xf4\x90\x80\x80\"", "[1]\x80"}) {
    EXPECT_THAT(refusal(text), HasSubstr("UTF-8")) << text;
  }
}

TEST_F(JsonDocumentTest, SkipsOneByteOrderMark) {
  EXPECT_EQ(value("\xef\xbb\xbf{\"a\":1}")["a"].raw(), "1");
  EXPECT_EQ(value("\xef\xbb\xbf 1").raw(), "1");
  EXPECT_THAT(refusal("\xef\xbb\xbf\xef\xbb\xbf{}"), HasSubstr("JSON"));
  EXPECT_THAT(refusal("{\xef\xbb\xbf}"), HasSubstr("JSON"));
}

TEST_F(JsonDocumentTest, NestsTwoHundredDeepAndNoDeeper) {
  EXPECT_EQ(value(nested(200)).raw().size(), 400u);
  EXPECT_THAT(refusal(nested(201)), HasSubstr("deeply"));
  EXPECT_THAT(refusal(std::string(100'000, '[')), HasSubstr("deeply"));
  EXPECT_TRUE(value("[" + nested(199) + "," + nested(199) + "]").is_array());
  std::string objects = "1";
  for (int i = 0; i < 200; ++i) objects = "{\"a\":" + objects + "}";
  EXPECT_TRUE(value(objects).is_object());
  EXPECT_THAT(refusal("{\"a\":" + objects + "}"), HasSubstr("deeply"));
}

TEST_F(JsonDocumentTest, KnowsWhetherAnyStringHoldsALoneSurrogate) {
  value(R"({"a":"\ud83d\ude42","b":"\\ud83d"})");
  EXPECT_FALSE(document_.has_lone_surrogates());
  value(R"({"a":["x\ud83d"]})");
  EXPECT_TRUE(document_.has_lone_surrogates());
  value(R"({"\ude42":1,"b":"\n"})");
  EXPECT_TRUE(document_.has_lone_surrogates());
  value("[]");
  EXPECT_FALSE(document_.has_lone_surrogates());
}

TEST_F(JsonDocumentTest, FindsStringsByTheirPrefixWithinAValue) {
  const JsonValue root = value(R"({"a":["x",{"k":"\u0067w1.","y":"say \"gw1."}],"b":["gw1.ab"],"c":"gw1"})");

  EXPECT_TRUE(root.has_string_with_prefix("gw1."));
  EXPECT_TRUE(root["b"].has_string_with_prefix("gw1."));
  EXPECT_FALSE(root["a"].has_string_with_prefix("gw1."));
  EXPECT_FALSE(root["c"].has_string_with_prefix("gw1."));
  EXPECT_FALSE(root["missing"].has_string_with_prefix("gw1."));
  EXPECT_TRUE(value(R"({"gw1.":0})").has_string_with_prefix("gw1."));
}

TEST_F(JsonDocumentTest, KeepsTheCopyItReads) {
  std::string text = R"({"a":[1,"x"]})";
  const Result<JsonValue> root = document_.read_copy(text);
  ASSERT_TRUE(root);
  text.assign(text.size(), '#');
  EXPECT_EQ((*root)["a"].raw(), R"([1,"x"])");

  EXPECT_FALSE(document_.read_copy(""));
  EXPECT_FALSE(document_.read_copy("[1"));
}

TEST_F(JsonDocumentTest, ReadsOnAfterRefusalsAndAfterGivingMemoryBack) {
  const std::string large = "[\"" + std::string(5'000'000, 'x') + "\"]";
  EXPECT_EQ(value(large).raw().size(), large.size());
  EXPECT_TRUE(document_.read_copy(large));
  document_.release_if_large();
  EXPECT_THAT(refusal("[1"), HasSubstr("JSON"));
  EXPECT_THAT(elements(value("[1,2]")), ElementsAre("1", "2"));
}

}  // namespace
}  // namespace balancer::gateway
