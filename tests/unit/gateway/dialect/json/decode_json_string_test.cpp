#include <gtest/gtest.h>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

std::string decoded(std::string_view quoted) {
  const Result<std::string> text = decode_json_string(quoted);
  return text ? *text : "(refused)";
}

TEST(DecodeJsonStringTest, PlainTextIsTakenAsItStands) {
  EXPECT_EQ(decoded(R"("claude-opus")"), "claude-opus");
  EXPECT_EQ(decoded(R"("")"), "");
  EXPECT_EQ(decoded("\"日本\""), "日本");
}

TEST(DecodeJsonStringTest, ResolvesEveryEscape) {
  EXPECT_EQ(decoded(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(decoded(R"("\u0041\u00e9\u65E5")"), "Aé日");
  EXPECT_EQ(decoded(R"("a\u0000b")"), std::string("a\0b", 3));
}

TEST(DecodeJsonStringTest, JoinsSurrogatePairs) {
  EXPECT_EQ(decoded(R"("\ud83d\ude42")"), "🙂");
  EXPECT_EQ(decoded(R"("x\uD83D\uDE42y")"), "x🙂y");
}

TEST(DecodeJsonStringTest, LoneSurrogateBecomesTheReplacementCharacter) {
  EXPECT_EQ(decoded(R"("\ud83d")"), "\ufffd");
  EXPECT_EQ(decoded(R"("\ude42")"), "\ufffd");
  EXPECT_EQ(decoded(R"("a\ud83db")"), "a\ufffdb");
  EXPECT_EQ(decoded(R"("\ud83d\n")"), "\ufffd\n");
  EXPECT_EQ(decoded(R"("\ud83d\u0041")"), "\ufffdA");
  EXPECT_EQ(decoded(R"("\ud83d\ud83d\ude42")"), "\ufffd🙂");
  EXPECT_EQ(decoded(R"("\ude42\ud83d")"), "\ufffd\ufffd");
}

TEST(DecodeJsonStringTest, EscapedBackslashBeforeAUIsNoSurrogate) {
  EXPECT_EQ(decoded(R"("\\ud83d")"), "\\ud83d");
  EXPECT_EQ(decoded(R"("\\\ud83d")"), "\\\ufffd");
}

TEST(DecodeJsonStringTest, RefusesMalformedEscapes) {
  for (const char* quoted : {R"("\x41")", R"("\u12")", R"("\u12g4")", R"("\U0041")", R"("\ud83d\u12")", R"("\")"}) {
    EXPECT_EQ(decoded(quoted), "(refused)") << quoted;
  }
}

TEST(DecodeJsonStringTest, RefusesWhatIsNoString) {
  for (const char* quoted : {"", "\"", "1", "null", "abc", "\"abc", "abc\"", "[\"a\"]"}) {
    EXPECT_EQ(decoded(quoted), "(refused)") << quoted;
  }
}

}  // namespace
}  // namespace balancer::gateway
