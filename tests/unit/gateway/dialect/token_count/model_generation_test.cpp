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
  EXPECT_EQ(claude_version("gpt-4o"), std::nullopt);
  EXPECT_EQ(claude_version(""), std::nullopt);
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
