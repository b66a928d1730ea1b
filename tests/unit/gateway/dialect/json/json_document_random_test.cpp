#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

// JSON texts out of fixed dice, in every spelling that the grammar has.
class RandomText {
 public:
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice_); }

  std::string value(std::size_t depth) {
    switch (below(depth == 0 ? 5 : 8)) {
      case 0: return one_of({"null", "true", "false"});
      case 1: case 2: return number();
      case 3: case 4: return string();
      case 5: case 6: return list('{', '}', depth);
      default: return list('[', ']', depth);
    }
  }

  std::string damaged(std::string text) {
    static constexpr std::string_view kDamage = "{}[]\",:\\ 019eE+-.utn\n\t\x01\xff\xc3\xa9";
    for (std::size_t damage = 1 + below(3); damage > 0 && !text.empty(); --damage) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0: text.erase(at, 1 + below(3)); break;
        case 1: text.insert(at, 1, kDamage[below(kDamage.size())]); break;
        case 2: text.insert(at, text.substr(below(text.size()), below(8))); break;
        default: text[at] = kDamage[below(kDamage.size())];
      }
    }
    return text;
  }

 private:
  std::string one_of(std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[below(choices.size())]);
  }

  std::string blank() {
    std::string result;
    for (std::size_t i = below(4); i > 1; --i) result += " \t\r\n"[below(4)];
    return result;
  }

  std::string digits() {
    std::string result;
    for (std::size_t i = 1 + below(22); i > 0; --i) result += static_cast<char>('0' + below(10));
    return result;
  }

  std::string number() {
    std::string result = one_of({"", "-"});
    result += below(3) == 0 ? "0" : static_cast<char>('1' + below(9)) + digits();
    if (below(3) == 0) result += "." + digits();
    if (below(3) == 0) result += one_of({"e", "E"}) + one_of({"", "+", "-"}) + std::to_string(below(500));
    return result;
  }

  std::string string() {
    std::string result = "\"";
    for (std::size_t i = below(10); i > 0; --i) {
      result += one_of({"a", "key", "{", "}", "[", "]", ",", ":", " ", "é", "日", "🙂", "/", "\x7f", R"(\")",
                        R"(\\)", R"(\/)", R"(\b)", R"(\f)", R"(\n)", R"(\r)", R"(\t)", R"(\u0000)", R"(\u00E9)",
                        R"(\ud83d\ude42)", R"(\uD83D)", R"(\ude42)"});
    }
    return result + '"';
  }

  // Few different keys, so that some are equal.
  std::string key() { return below(2) == 0 ? one_of({R"("a")", R"("b")", R"("\u0061")"}) : string(); }

  std::string list(char open, char close, std::size_t depth) {
    std::string result(1, open);
    result += blank();
    for (std::size_t i = below(5); i > 0; --i) {
      if (open == '{') result += key() + blank() + ':' + blank();
      result += value(depth - 1) + blank();
      if (i > 1) result += ',' + blank();
    }
    return result + close + blank();
  }

  std::mt19937_64 dice_{1};
};

// A document as one line a token, keys in the order of the text; numbers as they stand where nlohmann tells, and
// otherwise by value.
using Tokens = std::vector<std::string>;

class NlohmannTokens : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add("null"); }
  bool boolean(bool is_true) override { return add(is_true ? "true" : "false"); }
  bool number_integer(std::int64_t number) override { return add("whole " + std::to_string(number)); }
  bool number_unsigned(std::uint64_t number) override {
    if (number <= INT64_MAX) return number_integer(static_cast<std::int64_t>(number));
    return add("big " + std::to_string(number));
  }
  bool number_float(double, const std::string& text) override { return add("real " + text); }
  bool string(std::string& text) override { return add("text " + text); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return add("{"); }
  bool key(std::string& text) override { return add("key " + text); }
  bool end_object() override { return add("}"); }
  bool start_array(std::size_t) override { return add("["); }
  bool end_array() override { return add("]"); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) override {
    constexpr int kNumberOutOfRange = 406;
    stricter_than_the_grammar = error.id == kNumberOutOfRange ||
                                std::string_view(error.what()).find("surrogate") != std::string_view::npos;
    return false;
  }

  Tokens tokens;
  // It refused a number that no double holds, or a lone surrogate.
  bool stricter_than_the_grammar = false;

 private:
  bool add(std::string token) {
    tokens.push_back(std::move(token));
    return true;
  }
};

std::string number_token(JsonValue number) {
  const std::string raw(number.raw());
  if (raw.find_first_of(".eE") != std::string::npos) return "real " + raw;
  if (const std::optional<std::int64_t> whole = number.whole_number()) return "whole " + std::to_string(*whole);
  constexpr std::string_view kLargest = "18446744073709551615";
  const bool fits = raw.size() < kLargest.size() || (raw.size() == kLargest.size() && raw <= kLargest);
  return (fits && raw[0] != '-' ? "big " : "real ") + raw;
}

void add_tokens(Tokens& tokens, JsonValue value) {
  switch (value.kind()) {
    case JsonKind::kObject:
      tokens.emplace_back("{");
      for (const JsonField field : value.fields()) {
        tokens.push_back("key " + decode_raw(field.raw_key));
        add_tokens(tokens, field.value);
      }
      tokens.emplace_back("}");
      break;
    case JsonKind::kArray:
      tokens.emplace_back("[");
      for (const JsonValue element : value.elements()) add_tokens(tokens, element);
      tokens.emplace_back("]");
      break;
    case JsonKind::kString: tokens.push_back("text " + value.decoded_text()); break;
    case JsonKind::kNumber: tokens.push_back(number_token(value)); break;
    default: tokens.emplace_back(value.raw());
  }
}

class JsonDocumentRandomTest : public testing::Test {
 protected:
  // Whether it was accepted, by both.
  bool read_alike(std::string_view json) {
    const PaddedText text(json);
    NlohmannTokens expected;
    const bool accepted = nlohmann::json::sax_parse(text.view(), &expected);
    const Result<JsonValue> root = document_.read(text.view());
    if (!accepted && expected.stricter_than_the_grammar) return false;
    EXPECT_EQ(root.has_value(), accepted) << json;
    if (!root || !accepted) return false;

    Tokens tokens;
    add_tokens(tokens, *root);
    EXPECT_EQ(tokens, expected.tokens) << json;
    return true;
  }

  RandomText random_;
  JsonDocument document_;
};

TEST_F(JsonDocumentRandomTest, AcceptsEveryTextOfTheGrammar) {
  for (int round = 0; round < 3000; ++round) {
    const PaddedText text(random_.value(5));

    const Result<JsonValue> root = document_.read(text.view());

    ASSERT_TRUE(root) << text.view();
    ASSERT_TRUE(text.view().starts_with(root->raw()));
  }
}

TEST_F(JsonDocumentRandomTest, ValuesAreThoseOfAFullParser) {
  int accepted = 0;
  for (int round = 0; round < 5000 && !HasFailure(); ++round) accepted += read_alike(random_.value(4)) ? 1 : 0;
  EXPECT_GT(accepted, 2000);
}

TEST_F(JsonDocumentRandomTest, AcceptsDamagedTextsWhereAFullParserDoes) {
  constexpr int kRounds = 40000;
  int accepted = 0;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    accepted += read_alike(random_.damaged(random_.value(3))) ? 1 : 0;
  }
  EXPECT_GT(accepted, kRounds / 20);
  EXPECT_LT(accepted, kRounds * 9 / 10);
}

TEST_F(JsonDocumentRandomTest, ReadsTextsAcrossEveryBlockBoundary) {
  // The first stage works in blocks of 64 bytes.
  for (std::size_t shift = 0; shift < 130; ++shift) {
    EXPECT_TRUE(read_alike(std::string(shift, ' ') + R"({"a\\":["\"",-1.5e3,"é\\\\\"\\"],"b":{}})"));
    EXPECT_TRUE(read_alike("\"" + std::string(shift, '\\') + (shift % 2 == 1 ? "\"\"" : "\"")));
  }
}

TEST_F(JsonDocumentRandomTest, RefusesEveryTruncationOfAContainer) {
  const std::string whole = R"({"a":"m\"","n":[1,{"x":"\\"}],"é":-1.5e3,"t":true})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const PaddedText text(std::string_view(whole).substr(0, size));
    EXPECT_FALSE(document_.read(text.view())) << size;
  }
}

}  // namespace
}  // namespace balancer::gateway
