#include "gateway/dialect/json/json_object_scanner.hpp"
#include "gateway/dialect/json/json_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kByteOrderMark = "\xef\xbb\xbf";

class JsonObjectScannerTest : public testing::Test {
 protected:
  // "key=value" for every member, as both stand in the text; the offset of each key's quote is checked on the way.
  std::vector<std::string> members(std::string_view json) {
    const PaddedText text(json);
    const auto found = scanner_.scan(text.view());
    if (!found) return {"(" + found.error().message + ")"};
    std::vector<std::string> result;
    for (const JsonMember& member : *found) {
      EXPECT_EQ(text.view().at(member.key_begin), '"');
      EXPECT_EQ(text.view().substr(member.key_begin + 1, member.raw_key.size()), member.raw_key);
      result.push_back(std::string(member.raw_key) + "=" +
                       std::string(text.view().substr(member.value_begin, member.value_end - member.value_begin)));
    }
    return result;
  }

  std::string refusal(std::string_view json) {
    const PaddedText text(json);
    const auto found = scanner_.scan(text.view());
    if (found) return "(accepted)";
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidRequest);
    return found.error().message;
  }

  JsonObjectScanner scanner_;
};

std::string nested(std::size_t depth) {
  // The object itself is the first level.
  return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

TEST_F(JsonObjectScannerTest, FindsMembersWhateverTheWhiteSpace) {
  EXPECT_THAT(members(R"({"a":1,"b":"x","c":[1,{"d":2}],"e":{"f":[]},"g":null})"),
              ElementsAre("a=1", "b=\"x\"", "c=[1,{\"d\":2}]", "e={\"f\":[]}", "g=null"));
  EXPECT_THAT(members("\r\n\t {\n \"a\"\t:\r\n 1.0e5 \n,\"b\" :\"x\" , \"c\": [ ]\t}\n\n"),
              ElementsAre("a=1.0e5", "b=\"x\"", "c=[ ]"));
}

TEST_F(JsonObjectScannerTest, EmptyObjectHasNoMembers) {
  EXPECT_THAT(members("{}"), IsEmpty());
  EXPECT_THAT(members(" { } "), IsEmpty());
}

TEST_F(JsonObjectScannerTest, OffsetsAreThoseOfTheWholeTextBehindAByteOrderMark) {
  EXPECT_THAT(members(std::string(kByteOrderMark) + R"({"model":"m","n":[2]})"), ElementsAre("model=\"m\"", "n=[2]"));
}

TEST_F(JsonObjectScannerTest, BracketsAndQuotesInsideStringsDoNotCount) {
  EXPECT_THAT(members(R"({"a":"}],{\"","b{":"\\","c":["]}\\\"",{"x":"{"}]})"),
              ElementsAre(R"(a="}],{\"")", R"(b{="\\")", R"(c=["]}\\\"",{"x":"{"}])"));
}

TEST_F(JsonObjectScannerTest, RepeatedKeysAreAllReportedInOrder) {
  EXPECT_THAT(members(R"({"model":"a","x":0,"model":"b"})"), ElementsAre("model=\"a\"", "x=0", "model=\"b\""));
}

TEST_F(JsonObjectScannerTest, EscapesInKeysStayAsTheyStand) {
  EXPECT_THAT(members(R"({"mod\u0065l":1,"q\"":2,"":3})"), ElementsAre(R"(mod\u0065l=1)", R"(q\"=2)", "=3"));
}

TEST_F(JsonObjectScannerTest, NumbersKeepTheirSpellingWhateverTheirSize) {
  EXPECT_THAT(members(R"({"a":123456789012345678901234567890,"b":1e400,"c":-0.0})"),
              ElementsAre("a=123456789012345678901234567890", "b=1e400", "c=-0.0"));
}

TEST_F(JsonObjectScannerTest, LoneSurrogateEscapesAreLeftToTheProvider) {
  EXPECT_THAT(members(R"({"a":"\ud83d"})"), ElementsAre(R"(a="\ud83d")"));
}

TEST_F(JsonObjectScannerTest, RefusesWhatIsNoObject) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal(kByteOrderMark), HasSubstr("empty"));
  for (const char* json : {"[]", "[{\"a\":1}]", "1", "\"a\"", "null", "a"}) {
    EXPECT_THAT(refusal(json), HasSubstr("not a JSON object")) << json;
  }
  EXPECT_THAT(refusal(" \n "), HasSubstr("JSON"));
}

TEST_F(JsonObjectScannerTest, RefusesWhatIsNotWellFormed) {
  for (const char* json :
       {"{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{,\"a\":1}", "{\"a\"}",
        "{\"a\" 1}", "{\"a\":}", "{\"a\":,}", "{\"a\"::1}", "{\"a\":1 2}", "{\"a\":1 \"b\":2}", "{\"a\":\"x\"y}",
        "{\"a\"x:1}", "{a:1}", "{1:1}", "{\"a\":]}", "{\"a\":[}", "{\"a\":[}]", "{\"a\":[1,{]}}", "{\"a\":{]}",
        "{\"a\":\"x}", "{\"a\":\"x\\\"}", "{}{}", "{\"a\":1}}", "{\"a\":1}]", "{} x", "{\"a\":1} \"b\"", "{\"a\":1},",
        "{[]:1}", "{\"a\":1]"}) {
    EXPECT_THAT(refusal(json), HasSubstr("not valid JSON")) << json;
  }
}

TEST_F(JsonObjectScannerTest, RefusesRawControlCharactersAndNulBytes) {
  EXPECT_THAT(refusal("{\"a\":\"x\ny\"}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(std::string_view("{\"a\":\"x\0y\"}", 11)), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal(std::string_view("{\"a\":1}\0", 8)), HasSubstr("not valid JSON"));
}

TEST_F(JsonObjectScannerTest, RefusesInvalidUtf8) {
  for (const char* bytes : {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_THAT(refusal("{\"a\":\"" + std::string(bytes) + "\"}"), HasSubstr("UTF-8")) << bytes;
  }
}

TEST_F(JsonObjectScannerTest, AcceptsTwoHundredLevelsAndRefusesMore) {
  EXPECT_THAT(refusal(nested(200)), HasSubstr("(accepted)"));

  EXPECT_THAT(refusal(nested(201)), HasSubstr("nested too deeply"));
  EXPECT_THAT(refusal(nested(300)), HasSubstr("nested too deeply"));
}

TEST_F(JsonObjectScannerTest, RefusesBombsOfBracketsWithoutRecursion) {
  EXPECT_THAT(refusal("{\"a\":" + std::string(100'000, '[')), HasSubstr("nested too deeply"));
  EXPECT_THAT(refusal(nested(100'000)), HasSubstr("nested too deeply"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(refusal(objects), HasSubstr("nested too deeply"));
}

TEST_F(JsonObjectScannerTest, FlatBodiesMayBeLong) {
  const std::string text(3'000'000, 'x');
  const std::string json = "{\"a\":[\"" + text + "\",[],[],{}],\"b\":2}";

  EXPECT_THAT(members(json), ElementsAre("a=[\"" + text + "\",[],[],{}]", "b=2"));
  EXPECT_THAT(members("{\"b\":3}"), ElementsAre("b=3"));
}

TEST_F(JsonObjectScannerTest, FailedScanLeavesNothingBehind) {
  EXPECT_THAT(refusal("{\"a\":1,\"b\":[[[}"), HasSubstr("not valid JSON"));

  EXPECT_THAT(members("{\"c\":1}"), ElementsAre("c=1"));
}

TEST(JsonObjectScannerLifeTest, FreshScannerRefusesAnEmptyText) {
  JsonObjectScanner scanner;

  EXPECT_FALSE(scanner.scan(PaddedText("").view()));
}

}  // namespace
}  // namespace balancer::gateway
