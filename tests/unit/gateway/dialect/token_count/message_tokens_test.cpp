// Whole requests (protocol.md section 6), against the points that are documented.
#include "gateway/dialect/token_count/message_tokens.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

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

  // 14 by the real count; 7 words at 1.2 and 6 are rounded up, never down.
  EXPECT_EQ(tokens, 15);
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
  const std::string thinking =
      R"({"role":"assistant","content":[{"type":"thinking","thinking":"long and winding thoughts"}]})";
  const std::string user = R"({"role":"user","content":"go on"})";
  const std::string earlier = R"({"messages":[)" + user + "," + thinking + "," + user + "]}";
  const std::string current = R"({"messages":[)" + user + "," + user + "," + thinking + "]}";

  EXPECT_LT(tokens_of(earlier, "claude-sonnet-4-5"), tokens_of(current, "claude-sonnet-4-5"));
  EXPECT_EQ(tokens_of(earlier, "claude-opus-4-7"), tokens_of(current, "claude-opus-4-7"));
}

TEST(MessageTokensTest, WordsBesideAToolResultDoNotEndTheTurn) {
  const std::string before = R"({"messages":[{"role":"user","content":"go"},{"role":"assistant","content":[)"
                             R"({"type":"thinking","thinking":")";
  const std::string after = R"("},{"type":"tool_use","id":"t","name":"run","input":{}}]},{"role":"user","content":[)"
                            R"({"type":"tool_result","tool_use_id":"t","content":"ok"},)"
                            R"({"type":"text","text":"note"}]}]})";

  EXPECT_GT(tokens_of(before + "long and winding thoughts" + after), tokens_of(before + after));
}

TEST(MessageTokensTest, ImagesCountAlikeWhereverTheyAre) {
  const std::string image = R"({"type":"image","source":{"type":"url","url":"https://e.x/a.png"}})";
  const auto with = [](const std::string& block) {
    return tokens_of(R"({"messages":[{"role":"user","content":[)" + block + "]}]}");
  };
  const std::int64_t tokens = 1568;

  EXPECT_EQ(with(image), with(R"({"type":"text","text":""})") + tokens);
  EXPECT_EQ(with(R"({"type":"tool_result","tool_use_id":"t","content":[)" + image + "]}"),
            with(R"({"type":"tool_result","tool_use_id":"t","content":[]})") + tokens);
  EXPECT_EQ(with(R"({"type":"mcp_tool_result","tool_use_id":"t","content":[)" + image + "]}"),
            with(R"({"type":"mcp_tool_result","tool_use_id":"t","content":[]})") + tokens);
  EXPECT_EQ(with(R"({"type":"hologram","views":[{"deep":)" + image + "}]}"),
            with(R"({"type":"hologram","views":[{"deep":{}}]})") + tokens);
}

TEST(MessageTokensTest, WhatIsThereForTheApiCountsNothing) {
  const std::string before = R"({"messages":[{"role":"user","content":[{"type":"hologram","beam":"words")";
  const std::string bare = before + "}]}]}";
  for (const char* member : {R"("signature":"q1w2e3r4")", R"("encrypted_content":"q1w2e3r4")", R"("id":"toolu_q1w2")",
                             R"("cache_control":{"type":"ephemeral","ttl":"5m"})", R"("cost":12345,"done":true)"}) {
    EXPECT_EQ(tokens_of(before + "," + member + "}]}]}"), tokens_of(bare)) << member;
  }
  EXPECT_EQ(tokens_of(R"({"model":"a-b-c","max_tokens":123456,"metadata":{"user_id":"someone long"}})"),
            tokens_of("{}"));
}

TEST(MessageTokensTest, ToolsBringAPromptOnlyForClaude) {
  const std::string tools = R"("tools":[{"name":"run","input_schema":{}}])";
  const auto added = [&](const std::string& choice, const char* model) {
    return tokens_of("{" + tools + choice + "}", model) - tokens_of("{" + tools + choice + "}", "gpt-5");
  };
  // The schema's few tokens cost a little more, too.
  EXPECT_NEAR(static_cast<double>(added("", "claude-sonnet-4-5")), 496, 2);
  EXPECT_NEAR(static_cast<double>(added(R"(,"tool_choice":{"type":"none"})", "claude-sonnet-4-5")), 496, 2);
  EXPECT_NEAR(static_cast<double>(added(R"(,"tool_choice":{"type":"any"})", "claude-sonnet-4-5")), 588, 2);
  EXPECT_NEAR(static_cast<double>(added(R"(,"tool_choice":{"type":"tool","name":"run"})", "claude-opus-4-7")), 804, 3);
  EXPECT_EQ(tokens_of(R"({"tools":[]})"), tokens_of("{}"));
}

TEST(MessageTokensTest, AnthropicsOwnToolsCountWhatTheApiAddsForThem) {
  const auto with = [](const std::string& type, const char* model) {
    return tokens_of(R"({"tools":[{"type":")" + type + R"(","name":"x"}]})", model);
  };
  EXPECT_EQ(with("bash_20250124", "claude-sonnet-4-5"), with("other", "claude-sonnet-4-5") + 244);
  EXPECT_EQ(with("bash_20250124", "claude-opus-4-8"), with("other", "claude-opus-4-8") + 325);
  EXPECT_EQ(with("text_editor_20250728", "claude-sonnet-4-5"), with("other", "claude-sonnet-4-5") + 700);
  EXPECT_EQ(with("computer_20250124", "claude-sonnet-4-5"), with("other", "claude-sonnet-4-5") + 4500);
  EXPECT_EQ(with("browser_toolset_20260101", "claude-sonnet-4-5"), with("other", "claude-sonnet-4-5") + 6600);
  EXPECT_EQ(with("computer_20250124", "gpt-5"), with("other", "gpt-5"));
}

TEST(MessageTokensTest, TextsThatStandNextToEachOtherDoNotMerge) {
  const auto with = [](const std::string& blocks) {
    return tokens_of(R"({"messages":[{"role":"user","content":[)" + blocks + "]}]}", "gpt-5");
  };
  EXPECT_EQ(with(R"({"type":"text","text":"quick"},{"type":"text","text":"brown"})"),
            with(R"({"type":"text","text":"quick brown"})"));
}

TEST(MessageTokensTest, StringsOfAToolsInputCountAsTheyRead) {
  const auto with = [](const std::string& text) {
    const std::string block = R"({"type":"tool_use","name":"write","input":{"text":")" + text + R"("}})";
    return tokens_of(R"({"messages":[{"role":"assistant","content":[)" + block + "]}]}", "gpt-5");
  };
  EXPECT_EQ(with(R"(one\n\n\n\ntwo)"), with(R"(one\ntwo)"));
  EXPECT_EQ(with(R"(\u006f\u006ee)"), with("one"));
}

TEST(MessageTokensTest, IsAtLeastOneForAnything) {
  EXPECT_GE(tokens_of("{}"), 1);
  EXPECT_GE(tokens_of(R"({"messages":5,"tools":"x","system":[1,2]})"), 1);
  EXPECT_GE(tokens_of("[]"), 1);
}

}  // namespace
}  // namespace balancer::gateway
