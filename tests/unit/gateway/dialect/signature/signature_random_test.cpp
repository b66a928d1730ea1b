// Any body: its spelling does not matter, each of its values does.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/gateway/dialect/signature/signed_request.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

// Bodies and spellings out of fixed dice.
class RandomBody {
 public:
  Json body() {
    Json result = {{"model", "m"}, {"stream", below(2) == 0}, {"max_tokens", 1 + below(1000)}};
    for (const char* name : {"messages", "system", "temperature", "output_config"}) result[name] = value(4);
    result["tools"] = Json::array({{{"name", "t"}, {"description", value(1)}, {"input_schema", value(3)}}});
    result["metadata"] = {{"user_id", below(2) == 0 ? "user_a_session_b" : R"({"device_id":"d","session_id":"s"})"},
                          {"more", value(2)}};
    return result;
  }

  // With white space wherever JSON allows it, and members in any order where that may be.
  std::string spelt(const Json& json, bool in_order = false) {
    std::string result = blank();
    if (json.is_object()) {
      std::vector<std::string> keys;
      for (const auto& [key, member] : json.items()) keys.push_back(key);
      if (!in_order) std::shuffle(keys.begin(), keys.end(), dice_);
      result += '{';
      for (const std::string& key : keys) {
        if (result.back() != '{') result += ',';
        result += blank() + Json(key).dump() + blank() + ':';
        result += spelt(json[key], in_order || key == "input_schema" || key == "schema");
      }
      result += '}';
    } else if (json.is_array()) {
      result += '[';
      for (std::size_t i = 0; i < json.size(); ++i) result += (i > 0 ? "," : "") + spelt(json[i], in_order);
      result += blank() + ']';
    } else {
      result += json.dump();
    }
    return result + blank();
  }

  // Another value in one place, anywhere below `json`.
  void mutate(Json& json) {
    std::vector<Json*> places;
    collect(json, places);
    Json& place = *places[below(places.size())];
    const Json before = place;
    while (place == before) place = value(1);
  }

 private:
  static void collect(Json& json, std::vector<Json*>& places) {
    places.push_back(&json);
    if (!json.is_structured()) return;
    for (auto& inner : json) collect(inner, places);
  }

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice_); }

  Json value(std::size_t depth) {
    switch (below(depth == 0 ? 6 : 10)) {
      case 0: return below(1000);
      case 1: return static_cast<double>(below(1000)) + 0.5;
      case 2: return below(2) == 0;
      case 3: return nullptr;
      case 4: return text();
      case 5: return text();
      case 6:
      case 7: {
        Json array = Json::array();
        for (std::size_t i = below(5); i > 0; --i) array.push_back(value(depth - 1));
        return array;
      }
      default: {
        constexpr const char* kKeys[] = {"a", "ab", "type", "text", "schema", "input_schema", "", "é", "z, y", "{}"};
        Json object = Json::object();
        // Now and then more than a sort of few members sees.
        for (std::size_t i = below(20) == 0 ? 40 : below(6); i > 0; --i) {
          object[kKeys[below(std::size(kKeys))] + (i > 8 ? std::to_string(i) : "")] = value(depth - 1);
        }
        return object;
      }
    }
  }

  std::string text() {
    constexpr const char* kTexts[] = {"", "a", "\"}]", "user_a_session_b", "\n\t\\", "日本語", "{\"a\":1}", "stream"};
    return kTexts[below(std::size(kTexts))];
  }

  std::string blank() {
    constexpr const char* kBlanks[] = {"", "", "", " ", "\n", "\t \r\n"};
    return kBlanks[below(std::size(kBlanks))];
  }

  std::mt19937 dice_{1};
};

TEST(SignatureRandomTest, TheSpellingOfABodyDoesNotMatter) {
  RandomBody random;
  for (int i = 0; i < 500; ++i) {
    const Json body = random.body();
    const std::string spelling = random.spelt(body);

    ASSERT_EQ(sign_body(spelling), sign_body(body.dump())) << spelling;
  }
}

TEST(SignatureRandomTest, EveryValueMatters) {
  RandomBody random;
  for (int i = 0; i < 500; ++i) {
    Json body = random.body();
    const RequestSignature signature = sign_body(random.spelt(body));
    for (const char* name : {"messages", "system", "temperature", "output_config", "tools"}) {
      Json changed = body;
      random.mutate(changed[name]);
      ASSERT_NE(sign_body(random.spelt(changed)), signature) << body << "\n" << changed;
    }
  }
}

}  // namespace
}  // namespace balancer::gateway
