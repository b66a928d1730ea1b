#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>

#include "gateway/dialect/thinking_move.hpp"
#include "gateway/dialect/thinking_removal.hpp"
#include "tests/unit/gateway/dialect/padded_text.hpp"

namespace balancer::gateway {
namespace {

using Json = nlohmann::ordered_json;

// Conversations and spellings out of fixed dice.
class RandomBody {
 public:
  Json body() {
    Json result = Json::object();
    if (below(2) == 0) result["thinking"] = {{"type", below(2) == 0 ? "enabled" : "adaptive"}};
    Json messages = Json::array();
    for (std::size_t i = below(7); i > 0; --i) messages.push_back(message());
    result["messages"] = messages;
    if (below(2) == 0) result["metadata"] = {{"type", "thinking"}, {"content", Json::array({block(0)})}};
    return result;
  }

  // With white space wherever JSON allows it, and letters escaped now and then.
  std::string spelt(const Json& json) {
    std::string result = blank();
    if (json.is_object()) {
      result += '{';
      for (const auto& [key, member] : json.items()) {
        if (result.back() != '{') result += ',';
        result += blank() + quoted(key) + blank() + ':' + spelt(member);
      }
      result += '}';
    } else if (json.is_array()) {
      result += '[';
      for (std::size_t i = 0; i < json.size(); ++i) result += (i > 0 ? "," : "") + spelt(json[i]);
      result += blank() + ']';
    } else {
      result += json.is_string() ? quoted(json.get<std::string>()) : json.dump();
    }
    return result + blank();
  }

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice_); }

 private:
  Json message() {
    switch (below(6)) {
      case 0: return {{"role", "user"}, {"content", "thinking\" [{}],"}};
      case 1: return {{"content", nullptr}};
      default: {
        Json content = Json::array();
        for (std::size_t i = below(6); i > 0; --i) content.push_back(block(2));
        return {{"role", below(3) == 0 ? "user" : "assistant"}, {"content", content}};
      }
    }
  }

  Json block(std::size_t depth) {
    switch (below(depth == 0 ? 6 : 8)) {
      case 0: return {{"type", "text"}, {"text", "{\"type\":\"thinking\"},é\\"}};
      case 1: return {{"type", "thinking"}, {"thinking", "h\n\"]}"}, {"signature", "EqR1/+=="}};
      case 2: return {{"signature", "gw1.ab"}, {"type", "thinking"}};
      case 3: return {{"type", "redacted_thinking"}, {"data", "EmwK"}};
      case 4: return {{"type", "tool_use"}, {"input", {{"type", "thinking"}}}};
      case 5: return 7;
      default: return {{"type", "tool_result"}, {"content", Json::array({block(depth - 1), block(depth - 1)})}};
    }
  }

  std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
      constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || c == '"' || c == '\\' || (byte < 0x80 && below(20) == 0)) {
        result += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 0xf];
      } else {
        result += c;
      }
    }
    return result + '"';
  }

  std::string blank() {
    std::string result;
    for (std::size_t i = below(3); i > 0; --i) result += " \t\r\n"[below(4)];
    return result;
  }

  std::mt19937_64 dice_{1};
};

bool is_thinking(const Json& block) {
  return block.is_object() && (block.value("type", "") == "thinking" || block.value("type", "") == "redacted_thinking");
}

Json without_thinking(Json body) {
  Json kept_messages = Json::array();
  for (Json& message : body["messages"]) {
    Json& content = message["content"];
    if (content.is_array() && !content.empty()) {
      Json kept = Json::array();
      for (const Json& block : content) {
        if (!is_thinking(block)) kept.push_back(block);
      }
      if (kept.empty()) continue;
      content = kept;
    }
    kept_messages.push_back(message);
  }
  body["messages"] = kept_messages;
  return body;
}

std::string applied(std::string_view body, const std::vector<BodyEdit>& edits) {
  std::string result;
  for (const std::string_view piece : apply_edits(body, edits)) result += piece;
  return result;
}

TEST(ThinkingRemovalRandomTest, LeavesTheBodyWithoutItsThinkingBlocksAndNothingElse) {
  RandomBody random;
  std::size_t changed = 0;
  for (int round = 0; round < 1000; ++round) {
    const Json body = random.body();
    const PaddedText text(random.spelt(body));

    const std::string result = applied(text.view(), find_all_thinking(text.view()));

    ASSERT_EQ(Json::parse(result, nullptr, /*allow_exceptions=*/false), without_thinking(body)) << text.view();
    changed += result == text.view() ? 0 : 1;
  }
  EXPECT_GT(changed, 500u);
  EXPECT_LT(changed, 1000u);
}

TEST(ThinkingRemovalRandomTest, WhatIsClearedNeedsNothingAnyMore) {
  RandomBody random;
  for (int round = 0; round < 1000; ++round) {
    const PaddedText text(random.spelt(random.body()));
    const std::vector<BodyEdit> edits = find_all_thinking(text.view());
    const ThinkingMove move = decide_thinking_move("x", "y", text.view());

    const PaddedText cleared(applied(text.view(), edits));

    ASSERT_EQ(decide_thinking_move("x", "y", cleared.view()), ThinkingMove::kNothingToDo) << text.view();
    ASSERT_TRUE(find_all_thinking(cleared.view()).empty()) << text.view();
    // Whatever must move without its thinking has some to be found.
    ASSERT_TRUE(move == ThinkingMove::kNothingToDo || !edits.empty()) << text.view();
  }
}

// Whatever is found in a damaged body lies inside it, in order, apart from each other.
TEST(ThinkingRemovalRandomTest, DamagedBodiesYieldNothingOrEditsInside) {
  RandomBody random;
  for (int round = 0; round < 1000; ++round) {
    std::string bytes = random.spelt(random.body());
    for (std::size_t damage = 1 + random.below(3); damage > 0; --damage) {
      static constexpr std::string_view kDamage = "{}[]\",:\\ 0\n\xff";
      bytes[random.below(bytes.size())] = kDamage[random.below(kDamage.size())];
    }
    bytes.resize(bytes.size() - random.below(2));
    const PaddedText text(bytes);

    std::size_t reached = 0;
    for (const BodyEdit& edit : find_all_thinking(text.view())) {
      ASSERT_LE(reached, edit.begin) << text.view();
      ASSERT_LT(edit.begin, edit.end) << text.view();
      ASSERT_LE(edit.end, text.view().size()) << text.view();
      reached = edit.end;
    }
    static_cast<void>(decide_thinking_move("x", "y", text.view()));
  }
}

}  // namespace
}  // namespace balancer::gateway
