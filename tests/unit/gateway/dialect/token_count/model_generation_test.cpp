// The model's name decides the tokenizer (protocol.md section 6).
#include "gateway/dialect/token_count/model_generation.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

TEST(ModelGenerationTest, ReadsTheVersionInEitherOrderAndNeverTheDate) {
  EXPECT_EQ(claude_version("claude-3-5-sonnet-20241022"), 35);
  EXPECT_EQ(claude_version("claude-3-haiku-20240307"), 30);
  EXPECT_EQ(claude_version("claude-sonnet-4-20250514"), 40);
  EXPECT_EQ(claude_version("claude-opus-4-1-20250805"), 41);
  EXPECT_EQ(claude_version("claude-haiku-4-5-20251001"), 45);
  EXPECT_EQ(claude_version("claude-opus-4-7"), 47);
  EXPECT_EQ(claude_version("claude-opus-5"), 50);
  EXPECT_EQ(claude_version("claude-opus-5-5"), 55);
  EXPECT_EQ(claude_version("anthropic/claude-3.5-sonnet"), 35);
  EXPECT_EQ(claude_version("claude-fast"), 55);
  EXPECT_EQ(claude_version("claude-3-opus-latest"), 30);
  EXPECT_EQ(claude_version("claude-3-7-sonnet@20250219"), 37);
  EXPECT_EQ(claude_version("us.anthropic.claude-sonnet-4-20250514-v1:0"), 40);
  EXPECT_EQ(claude_version("anthropic.claude-3-5-sonnet-20241022-v2:0"), 35);
  EXPECT_EQ(claude_version("anthropic/claude-opus-4.5"), 45);
  EXPECT_EQ(claude_version("claude-4.5-sonnet"), 45);
  EXPECT_EQ(claude_version("claude-4-opus-20250514"), 40);
  EXPECT_EQ(claude_version("claude-sonnet-4-6[1m]"), 46);
  EXPECT_EQ(claude_version("claude-sonnet-4-1m"), 40);
  EXPECT_EQ(claude_version("claude-opus-4-8-20260301"), 48);
  EXPECT_EQ(claude_version("Claude Sonnet 4.5"), 45);
  EXPECT_EQ(claude_version("claude-2.1"), 21);
  EXPECT_EQ(claude_version("claude-20250514"), 55);
  EXPECT_EQ(claude_version("claude-3-"), 30);
  EXPECT_EQ(claude_version("gpt-4o"), std::nullopt);
  EXPECT_EQ(claude_version("sonnet-4-5"), std::nullopt);
  EXPECT_EQ(claude_version(""), std::nullopt);
}

TEST(ModelGenerationTest, ToolPromptsAreThoseOfTheDocumentation) {
  struct Documented {
    const char* model;
    std::int64_t automatic;
    std::int64_t forced;
  };
  for (const auto& [model, automatic, forced] : {
           Documented{"claude-opus-5", 286, 406},
           Documented{"claude-sonnet-5", 354, 474},
           Documented{"claude-opus-4-8", 290, 410},
           Documented{"claude-opus-4-7", 675, 804},
           Documented{"claude-opus-4-6", 497, 589},
           Documented{"claude-sonnet-4-6", 497, 589},
           Documented{"claude-opus-4-5-20251101", 496, 588},
           Documented{"claude-haiku-4-5", 496, 588},
           Documented{"claude-opus-4-1-20250805", 313, 315},
           Documented{"claude-sonnet-4-20250514", 313, 315},
           Documented{"claude-3-5-haiku-20241022", 350, 470},
       }) {
    EXPECT_EQ(token_rules(model).tools_auto, automatic) << model;
    EXPECT_EQ(token_rules(model).tools_forced, forced) << model;
  }
}

TEST(ModelGenerationTest, NewTokenizersComeWithLargerImages) {
  EXPECT_EQ(token_rules("claude-sonnet-4-6").image_edge, 1568);
  EXPECT_EQ(token_rules("claude-opus-4-7").image_edge, 2576);
  EXPECT_EQ(token_rules("claude-opus-4-7").image_tokens, 4784);
  EXPECT_EQ(token_rules("claude-opus-4-7").bash_tool, 325);
  EXPECT_EQ(token_rules("claude-sonnet-4-6").bash_tool, 244);
}

TEST(ModelGenerationTest, OnlyClaudeHasClaudesFactorsAndToolPrompts) {
  EXPECT_DOUBLE_EQ(token_rules("gpt-5").text_factor, 1.0);
  EXPECT_EQ(token_rules("gpt-5").tools_auto, 0);
  EXPECT_DOUBLE_EQ(token_rules("claude-sonnet-4-6").text_factor, 1.2);
  EXPECT_DOUBLE_EQ(token_rules("claude-opus-4-7").text_factor, 1.55);
  EXPECT_EQ(token_rules("claude-opus-4-7").tools_forced, 804);
  EXPECT_EQ(token_rules("claude-sonnet-4-5").tools_auto, 496);
  EXPECT_EQ(token_rules("claude-sonnet-5").tools_auto, 354);
  EXPECT_EQ(token_rules("claude-via-qwen").tools_auto, 350);
}

}  // namespace
}  // namespace balancer::gateway
