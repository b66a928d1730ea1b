#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>

#include "gateway/dialect/json/json_object_scanner.hpp"
#include "gateway/dialect/json/json_text.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

// Documents and spellings out of fixed dice.
class RandomJson {
 public:
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice_); }

  std::string text(std::string_view prefix) {
    static constexpr std::string_view kParts[] = {"a", "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "\t", "é",
                                                  "日", "🙂", "/", "\x01", "model", "\\u0041"};
    std::string result(prefix);
    for (std::size_t i = below(12); i > 0; --i) result += kParts[below(std::size(kParts))];
    return result;
  }

  Json value(std::size_t depth) {
    switch (below(depth == 0 ? 5 : 7)) {
      case 0: return nullptr;
      case 1: return below(2) == 0;
      case 2: return static_cast<std::int64_t>(below(1'000'000)) - 500'000;
      case 3: return static_cast<double>(below(1'000'000)) / 64;
      case 4: return text("");
      case 5: {
        Json array = Json::array();
        for (std::size_t i = below(5); i > 0; --i) array.push_back(value(depth - 1));
        return array;
      }
      default: return object(depth - 1);
    }
  }

  Json object(std::size_t depth) {
    Json result = Json::object();
    const std::size_t count = below(6);
    for (std::size_t i = 0; i < count; ++i) result[text(std::to_string(i))] = value(depth);
    return result;
  }

  // With white space wherever JSON allows it.
  std::string spaced(const Json& json) {
    std::string result = blank();
    if (json.is_object()) {
      result += '{';
      bool first = true;
      for (const auto& [key, member] : json.items()) {
        if (!std::exchange(first, false)) result += ',';
        result += blank() + Json(key).dump() + blank() + ':' + spaced(member);
      }
      result += blank() + '}';
    } else if (json.is_array()) {
      result += '[';
      for (std::size_t i = 0; i < json.size(); ++i) result += (i > 0 ? "," : "") + spaced(json[i]);
      result += blank() + ']';
    } else {
      result += json.dump(-1, ' ', /*ensure_ascii=*/below(2) == 0);
    }
    return result + blank();
  }

 private:
  std::string blank() {
    std::string result;
    for (std::size_t i = below(3); i > 0; --i) result += " \t\r\n"[below(4)];
    return result;
  }

  std::mt19937_64 dice_{1};
};

TEST(JsonObjectScannerRandomTest, AgreesWithAFullParserOnValidDocuments) {
  RandomJson random;
  JsonObjectScanner scanner;
  for (int round = 0; round < 2000; ++round) {
    const Json document = random.object(4);
    const PaddedText text(random.spaced(document));

    const auto members = scanner.scan(text.view());

    ASSERT_TRUE(members) << text.view();
    ASSERT_EQ(members->size(), document.size()) << text.view();
    std::size_t i = 0;
    for (const auto& [key, value] : document.items()) {
      const JsonMember& member = (*members)[i++];
      const std::string_view quoted = text.view().substr(member.key_begin, member.raw_key.size() + 2);
      ASSERT_EQ(decode_json_string(quoted).value(), key) << text.view();
      ASSERT_EQ(Json::parse(text.view().substr(member.value_begin, member.value_end - member.value_begin)), value);
    }
  }
}

// What is no strict JSON somewhere inside is scanned loosely: it must not show in the members before it.
TEST(JsonObjectScannerRandomTest, MembersAreTheSameWhateverIsWrongBehindThem) {
  RandomJson random;
  JsonObjectScanner strict;
  JsonObjectScanner loose;
  for (int round = 0; round < 2000; ++round) {
    std::string spelling = random.spaced(random.object(4));
    spelling.erase(spelling.rfind('}'));
    if (spelling.find_first_not_of(" \t\r\n{") != std::string::npos) spelling += ',';
    const PaddedText right(spelling + R"("last":[true]})");
    const PaddedText wrong(spelling + R"("last":[tru ]})");

    const auto expected = strict.scan(right.view());
    const auto found = loose.scan(wrong.view());

    ASSERT_TRUE(expected && found) << right.view();
    ASSERT_TRUE(strict.scanned(right.view()));
    ASSERT_FALSE(loose.scanned(wrong.view()));
    ASSERT_EQ(found->size(), expected->size()) << right.view();
    for (std::size_t i = 0; i < found->size(); ++i) {
      ASSERT_EQ((*found)[i].key_begin, (*expected)[i].key_begin) << right.view();
      ASSERT_EQ((*found)[i].value_begin, (*expected)[i].value_begin) << right.view();
      ASSERT_EQ((*found)[i].value_end, (*expected)[i].value_end) << right.view();
      ASSERT_EQ((*found)[i].raw_key, (*expected)[i].raw_key) << right.view();
    }
  }
}

TEST(JsonObjectScannerRandomTest, OnlyTheTextScannedLastIsAtHand) {
  JsonObjectScanner scanner;
  const PaddedText first(R"({"a":1})");
  const PaddedText second(R"({"b":[2]})");

  ASSERT_TRUE(scanner.scan(first.view()));
  ASSERT_TRUE(scanner.scan(second.view()));

  EXPECT_FALSE(scanner.scanned(first.view()));
  EXPECT_FALSE(scanner.scanned(second.view().substr(0, 3)));
  EXPECT_EQ(scanner.scanned(second.view())["b"].raw(), "[2]");
  EXPECT_FALSE(scanner.scan(PaddedText("[1]").view()));
  EXPECT_FALSE(scanner.scanned(second.view()));
}

TEST(JsonObjectScannerRandomTest, AnUnusuallyLargeTextIsNotKept) {
  JsonObjectScanner scanner;
  const PaddedText large("{\"a\":\"" + std::string(3'000'000, 'x') + "\"}");

  const auto members = scanner.scan(large.view());

  ASSERT_TRUE(members);
  EXPECT_EQ(members->size(), 1u);
  EXPECT_FALSE(scanner.scanned(large.view()));
}

// Whatever is accepted has members that lie inside the text, in order, each between brackets that pair.
TEST(JsonObjectScannerRandomTest, DamagedDocumentsAreRefusedOrStayInsideTheText) {
  RandomJson random;
  JsonObjectScanner scanner;
  std::size_t refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = random.spaced(random.object(3));
    for (std::size_t damage = 1 + random.below(3); damage > 0; --damage) {
      static constexpr std::string_view kDamage = "{}[]\",:\\ 0\n\xff";
      bytes[random.below(bytes.size())] = kDamage[random.below(kDamage.size())];
    }
    bytes.resize(bytes.size() - random.below(2));
    const PaddedText text(bytes);

    const auto members = scanner.scan(text.view());

    if (!members) {
      ++refused;
      continue;
    }
    std::size_t reached = 0;
    for (const JsonMember& member : *members) {
      ASSERT_LE(reached, member.key_begin) << text.view();
      ASSERT_LT(member.key_begin, member.value_begin) << text.view();
      ASSERT_LT(member.value_begin, member.value_end) << text.view();
      ASSERT_LT(member.value_end, text.view().size()) << text.view();
      reached = member.value_end;
    }
  }
  EXPECT_GT(refused, 1000u);
}

TEST(JsonObjectScannerRandomTest, EveryTruncationOfADocumentIsRefused) {
  const std::string whole = R"({"model":"m\"","n":[1,{"x":"\\"}],"é":-1.5e3,"t":true})";
  JsonObjectScanner scanner;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(scanner.scan(PaddedText(std::string_view(whole).substr(0, size)).view())) << size;
  }
}

}  // namespace
}  // namespace balancer::gateway
