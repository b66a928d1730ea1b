#include "gateway/dialect/json/json_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace balancer::gateway {
namespace {

std::string repaired(std::string raw) {
  repair_lone_surrogates(raw);
  return raw;
}

TEST(JsonTextTest, ValidEscapesAreThoseOfTheRfc) {
  EXPECT_NE(check_escapes(""), Escapes::kInvalid);
  EXPECT_NE(check_escapes(R"(plain \" \\ \/ \b \f \n \r \t \u00e9 \uD83D)"), Escapes::kInvalid);
  for (const char* raw : {R"(\)", R"(a\\\)", R"(\x)", R"(\N)", R"(\u)", R"(\u123)", R"(\u12g4)", R"(\u-123)",
                          R"(\u+123)", R"(\u 123)", R"(\U0041)", R"(\')"}) {
    EXPECT_EQ(check_escapes(raw), Escapes::kInvalid) << raw;
  }
}

TEST(JsonTextTest, EscapesAreCheckedWhereverTheyStand) {
  for (std::size_t before = 0; before < 140; ++before) {
    const std::string plain(before, 'x');
    for (const std::string& behind : {std::string(), std::string(140, 'y')}) {
      EXPECT_EQ(check_escapes(plain + R"(\\\"\n)" + behind), Escapes::kValid) << before;
      EXPECT_EQ(check_escapes(plain + R"(\\\x)" + behind), Escapes::kInvalid) << before;
      EXPECT_EQ(check_escapes(plain + R"(\ud83d\ude42)" + behind), Escapes::kValid) << before;
      EXPECT_EQ(check_escapes(plain + R"(\ud83d\\ude42)" + behind), Escapes::kLoneSurrogate) << before;
    }
    EXPECT_EQ(check_escapes(plain + R"(\\\)"), Escapes::kInvalid) << before;
  }
}

TEST(JsonTextTest, FindsSurrogatesWithoutTheirPartner) {
  for (const char* raw : {R"(\ud83d)", R"(\ude42)", R"(a\uD83Db)", R"(\ud83d\ud83d\ude42)", R"(\ude42\ud83d)",
                          R"(\ud83d\n\ude42)", R"(\ud83d \ude42)", R"(\\\ud83d)", R"(\ud83d\\ude42)"}) {
    EXPECT_TRUE(has_lone_surrogate(raw)) << raw;
  }
  for (const char* raw :
       {"", "plain", R"(\ud83d\ude42)", R"(\uD83D\uDE42\uD83D\uDE42)", R"(\\ud83d)", R"(\ud7ff\ue000)"}) {
    EXPECT_FALSE(has_lone_surrogate(raw)) << raw;
  }
}

TEST(JsonTextTest, RepairSpellsOnlyLoneSurrogatesAnew) {
  EXPECT_EQ(repaired(R"(\ud83d)"), R"(\ufffd)");
  EXPECT_EQ(repaired(R"(a\uDE42b\ud83d\ud83d\ude42c)"), R"(a\ufffdb\ufffd\ud83d\ude42c)");
  EXPECT_EQ(repaired(R"(\\ud83d \n \ud83d\ude42)"), R"(\\ud83d \n \ud83d\ude42)");
  EXPECT_FALSE(has_lone_surrogate(repaired(R"(\ude42\ud83d\ud83d\u0041)")));
}

TEST(JsonTextTest, WhatWasEscapedIsDecodedAgain) {
  std::string every_byte_below_128;
  for (char c = 0; c < 127; ++c) every_byte_below_128 += c;
  for (const std::string& text :
       {std::string(), std::string("plain"), every_byte_below_128, std::string("日本 🙂 é\n")}) {
    EXPECT_NE(check_escapes(escape(text)), Escapes::kInvalid);
    EXPECT_EQ(decode_raw(escape(text)), text);
  }
}

TEST(JsonTextTest, EscapesOnlyWhatJsonForbids) {
  EXPECT_EQ(escape("a\"b\\c/\n\r\t\x01\x1f é🙂"), R"(a\"b\\c/\n\r\t\u0001\u001f é🙂)");
  EXPECT_EQ(escape(std::string("\0", 1)), R"(\u0000)");
}

TEST(JsonTextTest, AppendsBehindWhatIsThere) {
  std::string text = "x";
  append_decoded(text, R"(\u0041b)");
  EXPECT_EQ(text, "xAb");
  append_escaped(text, "\"");
  EXPECT_EQ(text, R"(xAb\")");
}

TEST(JsonTextTest, BlankIsWhiteSpaceHoweverItIsSpelled) {
  for (const char* raw : {"", " ", R"(\n)", R"(\r\n\t\f)", R"(\u0020)", R"(\u000a \u000B\u0009)", " \\n \\t "}) {
    EXPECT_TRUE(is_blank(raw)) << raw;
  }
  for (const char* raw :
       {"a", " a", R"(\n.)", R"(\\n)", R"(\u0041)", R"(\u00a0)", R"(\u0120)", R"(\")", R"(\b)", R"(\/)"}) {
    EXPECT_FALSE(is_blank(raw)) << raw;
  }
}

TEST(JsonTextTest, BeginsAndEndsWithSpaceHoweverItIsSpelled) {
  for (const char* space : {" ", R"(\n)", R"(\r)", R"(\t)", R"(\f)", R"(\u0020)", R"(\u000A)"}) {
    EXPECT_TRUE(begins_with_space(std::string(space) + "a")) << space;
    EXPECT_FALSE(begins_with_space(std::string("a") + space)) << space;
    EXPECT_TRUE(ends_with_space(std::string("a") + space)) << space;
    EXPECT_FALSE(ends_with_space(std::string(space) + "a")) << space;
  }
  EXPECT_FALSE(begins_with_space(""));
  EXPECT_FALSE(ends_with_space(""));
}

TEST(JsonTextTest, LetterBehindAnEscapedBackslashIsNoSpaceAtTheEnd) {
  EXPECT_FALSE(ends_with_space(R"(\\n)"));
  EXPECT_FALSE(ends_with_space(R"(C:\\t)"));
  EXPECT_FALSE(ends_with_space(R"(\\\\n)"));
  EXPECT_FALSE(ends_with_space(R"(\\u0020)"));
  EXPECT_TRUE(ends_with_space(R"(\\\n)"));
  EXPECT_TRUE(ends_with_space(R"(\\\u0020)"));
}

TEST(JsonTextTest, TakesTrailingSpaceAwayHoweverItIsSpelled) {
  EXPECT_EQ(without_trailing_space("text"), "text");
  EXPECT_EQ(without_trailing_space(R"( a b \n\u0020 \t)"), " a b");
  EXPECT_EQ(without_trailing_space(R"(a\\n\n)"), R"(a\\n)");
  EXPECT_EQ(without_trailing_space(R"(a\\\\\n)"), R"(a\\\\)");
  EXPECT_EQ(without_trailing_space(R"(a\"\n)"), R"(a\")");
  EXPECT_EQ(without_trailing_space(R"(\n \u000a)"), "");
  EXPECT_EQ(without_trailing_space(""), "");
}

TEST(JsonTextTest, SaysItsTextHoweverItIsSpelled) {
  EXPECT_TRUE(says("text", "text"));
  EXPECT_TRUE(says(R"(\u0074ext)", "text"));
  EXPECT_TRUE(says(R"(\u0074\u0065\u0078\u0074)", "text"));
  EXPECT_TRUE(says("", ""));
  EXPECT_FALSE(says("Text", "text"));
  EXPECT_FALSE(says("text2", "text"));
  EXPECT_FALSE(says(R"(text\u0000)", "text"));
  EXPECT_FALSE(says(R"(\\u0074ext)", "text"));
  EXPECT_FALSE(says("", "text"));
}

}  // namespace
}  // namespace balancer::gateway
