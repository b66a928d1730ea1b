// Whole requests (protocol.md section 6), against the points that are documented.
#include "gateway/dialect/token_count/message_tokens.hpp"

#include <gtest/gtest.h>

#include <string>

namespace balancer::gateway {
namespace {

std::int64_t tokens_of(std::string_view body, std::string_view model = "claude-sonnet-4-5") {
  JsonDocument document;
  const auto root = document.read_copy(body);
  return root ? estimate_input_tokens(*root, model) : -1;
}

TEST(MessageTokensTest, ComesCloseToTheDocumentedExample) {
  const std::int64_t tokens =
      tokens_of(R"({"system":"You are a scientist","messages":[{"role":"user","content":"Hello, Claude"}]})");

  // 14 by the real count; rounded up, never down.
  EXPECT_GE(tokens, 14);
  EXPECT_LE(tokens, 15);
}

TEST(MessageTokensTest, ComesCloseToTheDocumentedToolExample) {
  const std::int64_t tokens = tokens_of(
      R"({"tools":[{"name":"get_weather","description":"Get the current weather in a given location","input_schema":)"
      R"({"type":"object","properties":{"location":{"type":"string","description":)"
      R"("The city and state, e.g. San Francisco, CA"}},"required":["location"]}}],)"
      R"("messages":[{"role":"user","content":"What's the weather like in San Francisco?"}]})",
      "claude-sonnet-4-20250514");

  EXPECT_NEAR(static_cast<double>(tokens), 403, 403 * 0.1);
}

TEST(MessageTokensTest, CountsEverythingThatTheModelSees) {
  const std::string base = R"({"messages":[{"role":"user","content":[{"type":"text","text":"x"})";
  const std::int64_t plain = tokens_of(base + "]}]}");
  for (const std::string_view block : {
           R"({"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"some words"}]})",
           R"({"type":"tool_result","tool_use_id":"t","content":"some words"})",
           R"({"type":"image","source":{"type":"url","url":"https://e.x/a.png"}})",
           R"({"type":"document","source":{"type":"text","data":"some words"}})",
           R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}})",
           R"({"type":"search_result","title":"some words","content":[{"type":"text","text":"more"}]})",
           R"({"type":"hologram","beam":{"text":"some words"}})",
       }) {
    EXPECT_GT(tokens_of(base + "," + std::string(block) + "]}]}"), plain) << block;
  }
}

TEST(MessageTokensTest, OldModelsForgetTheThinkingOfEarlierTurns) {
  const std::string thinking = R"({"role":"assistant","content":[{"type":"thinking","thinking":"long and winding thoughts"}]})";
  const std::string user = R"({"role":"user","content":"go on"})";
  const std::string earlier = R"({"messages":[)" + user + "," + thinking + "," + user + "]}";
  const std::string current = R"({"messages":[)" + user + "," + user + "," + thinking + "]}";

  EXPECT_LT(tokens_of(earlier, "claude-sonnet-4-5"), tokens_of(current, "claude-sonnet-4-5"));
  EXPECT_EQ(tokens_of(earlier, "claude-opus-4-7"), tokens_of(current, "claude-opus-4-7"));
}

TEST(MessageTokensTest, IsAtLeastOneForAnything) {
  EXPECT_GE(tokens_of("{}"), 1);
  EXPECT_GE(tokens_of(R"({"messages":5,"tools":"x","system":[1,2]})"), 1);
  EXPECT_GE(tokens_of("[]"), 1);
}

}  // namespace
}  // namespace balancer::gateway
