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

TEST(TextTokensTest, DoesNotDependOnWhereThePiecesAreCut) {
  const std::string text = "The quick brownFox, 12 345 jumps\n\n  over {\"x\": [1,2.5]} and 你好.";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    if ((static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) continue;
    TextTokenCounter counter;
    counter.feed(std::string_view(text).substr(0, cut));
    static_cast<void>(counter.tokens());
    counter.feed(std::string_view(text).substr(cut));
    EXPECT_DOUBLE_EQ(counter.tokens(), tokens_of(text)) << cut;
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
