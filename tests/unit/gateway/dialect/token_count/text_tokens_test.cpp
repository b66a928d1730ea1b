// The estimator's runs (protocol.md section 6).
#include "gateway/dialect/token_count/text_tokens.hpp"

#include <gtest/gtest.h>

#include <string>

#include "gateway/dialect/json/json_text.hpp"

namespace balancer::gateway {
namespace {

double tokens_of(std::string_view text) {
  TextTokenCounter counter;
  counter.feed(text);
  return counter.tokens();
}

TEST(TextTokensTest, CountsRunsOfOneKind) {
  EXPECT_DOUBLE_EQ(tokens_of(""), 0);
  EXPECT_DOUBLE_EQ(tokens_of("hello"), 1);
  EXPECT_DOUBLE_EQ(tokens_of("hello there"), 2);
  EXPECT_DOUBLE_EQ(tokens_of("helloThere"), 2);
  EXPECT_DOUBLE_EQ(tokens_of("characteristic"), 1 + 7 / 6.0);
  EXPECT_DOUBLE_EQ(tokens_of("1234"), 2);
  EXPECT_DOUBLE_EQ(tokens_of("12 34"), 1 + 0.8 + 1);
  EXPECT_DOUBLE_EQ(tokens_of("a1"), 1 + 0.3 + 1);
  EXPECT_DOUBLE_EQ(tokens_of("1a"), 1 + 0.3 + 1);
  EXPECT_DOUBLE_EQ(tokens_of("a  b"), 3);
  EXPECT_DOUBLE_EQ(tokens_of("a\n\n\nb"), 2.5);
  EXPECT_DOUBLE_EQ(tokens_of("a, b"), 2.7);
  EXPECT_DOUBLE_EQ(tokens_of("(({"), 0.7 + 0.8);
  EXPECT_DOUBLE_EQ(tokens_of("3.5"), 3);
  EXPECT_NEAR(tokens_of("你好世界"), 3.2, 1e-9);
  EXPECT_NEAR(tokens_of("été"), 0.32 + 1 + 0.32, 1e-9);
  EXPECT_DOUBLE_EQ(tokens_of("🌍"), 2);
  EXPECT_DOUBLE_EQ(tokens_of("a\t\t \tb"), 3);
  EXPECT_DOUBLE_EQ(tokens_of("HTTPServer"), 1 + 3 / 6.0);
  EXPECT_DOUBLE_EQ(tokens_of("abcdefg"), 1);
  EXPECT_DOUBLE_EQ(tokens_of("1234567"), 3);
  EXPECT_DOUBLE_EQ(tokens_of("12  34"), 3);
  EXPECT_DOUBLE_EQ(tokens_of("12 a"), 2);
  EXPECT_DOUBLE_EQ(tokens_of("1 2 3"), 3 + 0.8 + 0.8);
  EXPECT_DOUBLE_EQ(tokens_of("--5"), 1 + 0.4 + 1);
  EXPECT_DOUBLE_EQ(tokens_of("5--"), 1 + 1 + 0.4);
  EXPECT_DOUBLE_EQ(tokens_of("a\r\n  b"), 1 + 0.5 + 1 + 1);
}

TEST(TextTokensTest, EscapesCountAsWhatTheyStandFor) {
  for (const std::string_view text : {"line one\nline \"two\"\tC:\\dir", "é 🌍 你", "a\r\nb"}) {
    TextTokenCounter raw;
    raw.feed_raw(escape(text));
    EXPECT_DOUBLE_EQ(raw.tokens(), tokens_of(text)) << text;
  }
  TextTokenCounter pair;
  pair.feed_raw(R"(\ud83c\udf0d)");
  EXPECT_DOUBLE_EQ(pair.tokens(), 2);
}

TEST(TextTokensTest, EveryScriptCountsAsItsTableSays) {
  for (const char* wide : {"日", "ひ", "カ", "한", "ᄀ", "，", "Ａ", "〇", "豈", "\u9fff", "\ud7a3"}) {
    EXPECT_DOUBLE_EQ(tokens_of(wide), 0.8) << wide;
  }
  for (const char* other : {"é", "ж", "ω", "ع", "ह", "ไ", "€", "→", "☃", "ꦀ", "𝔘", "𐀀"}) {
    EXPECT_DOUBLE_EQ(tokens_of(other), 0.32) << other;
  }
  for (const char* high : {"🀄", "🙂", "🤖", "𠀀"}) EXPECT_DOUBLE_EQ(tokens_of(high), 2) << high;
}

TEST(TextTokensTest, WhatIsEscapedCountsAsItselfInEverySpelling) {
  const auto raw_tokens = [](std::string_view raw) {
    TextTokenCounter counter;
    counter.feed_raw(raw);
    return counter.tokens();
  };
  EXPECT_DOUBLE_EQ(raw_tokens(R"(\u0068ello)"), tokens_of("hello"));
  EXPECT_DOUBLE_EQ(raw_tokens(R"(\u4F60\u597d)"), tokens_of("你好"));
  EXPECT_DOUBLE_EQ(raw_tokens(R"(a\u000A\nb)"), tokens_of("a\n\nb"));
  EXPECT_DOUBLE_EQ(raw_tokens(R"(C:\\new)"), tokens_of("C:\\new"));
  EXPECT_DOUBLE_EQ(raw_tokens(R"(\"1\/2\")"), tokens_of("\"1/2\""));
  EXPECT_DOUBLE_EQ(raw_tokens(R"(\ud835\udd18)"), tokens_of("𝔘"));
}

TEST(TextTokensTest, EndOfATextEndsItsRuns) {
  TextTokenCounter counter;
  counter.feed("quick");
  counter.end_text();
  counter.feed("brown");
  EXPECT_DOUBLE_EQ(counter.tokens(), 2);
  counter.feed_raw("\\u00");
  counter.end_text();
  counter.feed_raw("41");
  EXPECT_DOUBLE_EQ(counter.tokens(), 3);
}

TEST(TextTokensTest, DoesNotDependOnWhereThePiecesAreCut) {
  const std::string text = "The quick brownFox, 12 345 jumps\n\n  over {\"x\": [1,2.5]} and 你好, é🙂.";
  const std::string raw = escape(text) + R"(\u00e9\ud83d\ude42\\ \u0031\n)";
  TextTokenCounter whole_raw;
  whole_raw.feed_raw(raw);
  for (std::size_t first = 0; first <= raw.size(); ++first) {
    for (std::size_t second = first; second <= raw.size(); ++second) {
      TextTokenCounter counter;
      TextTokenCounter raw_counter;
      std::size_t begin = 0;
      for (const std::size_t end : {first, second, raw.size()}) {
        if (begin <= text.size()) counter.feed(std::string_view(text).substr(begin, end - begin));
        raw_counter.feed_raw(std::string_view(raw).substr(begin, end - begin));
        begin = end;
      }
      ASSERT_EQ(counter.tokens(), tokens_of(text)) << first << " " << second;
      ASSERT_EQ(raw_counter.tokens(), whole_raw.tokens()) << first << " " << second;
    }
  }
}

TEST(TextTokensTest, CountsGrowNoFasterThanTheText) {
  for (const std::string_view piece : {"a", "9", " ", "\n", "(", "日", "\\", "\\\"", "aB", "1a", "\xf0"}) {
    std::string text;
    while (text.size() < 100'000) text += piece;
    TextTokenCounter counter;
    counter.feed(text);
    counter.feed_raw(text);
    EXPECT_GE(counter.tokens(), 0);
    EXPECT_LE(counter.tokens(), 3.0 * static_cast<double>(text.size()));
  }
}

TEST(TextTokensTest, SurvivesMalformedText) {
  EXPECT_GT(tokens_of("\xff\xfe\xe4"), 0);
  TextTokenCounter counter;
  counter.feed_raw("\\u12");
  counter.feed_raw("\\");
  EXPECT_GE(counter.tokens(), 0);
}

}  // namespace
}  // namespace balancer::gateway
