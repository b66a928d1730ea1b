#include "common/routing/model_pattern.hpp"

#include <gtest/gtest.h>

#include <string>

namespace balancer::routing {
namespace {

TEST(ModelPatternTest, OnlyAStarMakesAGlob) {
  EXPECT_TRUE(is_glob("*"));
  EXPECT_TRUE(is_glob("claude-*-sonnet"));

  EXPECT_FALSE(is_glob(""));
  EXPECT_FALSE(is_glob("claude-3.5?[sonnet]"));
}

TEST(ModelPatternTest, IsAnchoredAtBothEnds) {
  EXPECT_TRUE(glob_matches("claude*", "claude-opus"));
  EXPECT_TRUE(glob_matches("*opus", "claude-opus"));

  EXPECT_FALSE(glob_matches("claude*", "my-claude-opus"));
  EXPECT_FALSE(glob_matches("*opus", "claude-opus-4"));
  EXPECT_FALSE(glob_matches("claude", "claude-opus"));
}

TEST(ModelPatternTest, IgnoresLetterCase) {
  EXPECT_TRUE(glob_matches("*Sonnet*", "CLAUDE-SONNET-4"));
  EXPECT_TRUE(glob_matches("*SONNET*", "claude-sonnet-4"));
}

TEST(ModelPatternTest, StarStandsForAnyRunEvenAnEmptyOne) {
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("*", "anything/at all"));
  EXPECT_TRUE(glob_matches("a*b", "ab"));
  EXPECT_TRUE(glob_matches("a**b", "a-b"));
  EXPECT_TRUE(glob_matches("***", "x"));

  EXPECT_FALSE(glob_matches("a*b", "a"));
  EXPECT_FALSE(glob_matches("", "a"));
  EXPECT_TRUE(glob_matches("", ""));
}

TEST(ModelPatternTest, SeveralStarsTakeTheirPartsInOrderWithoutOverlap) {
  EXPECT_TRUE(glob_matches("*a*b*c*", "xxaxxbxxcxx"));
  EXPECT_TRUE(glob_matches("a*bc*d", "abbcbcd"));

  EXPECT_FALSE(glob_matches("*a*b*c*", "xxcxxbxxaxx"));
  EXPECT_FALSE(glob_matches("ab*ba", "aba"));
}

TEST(ModelPatternTest, CharactersOfOtherPatternLanguagesAreLiteral) {
  EXPECT_TRUE(glob_matches("gpt-4.1*", "gpt-4.1-mini"));
  EXPECT_TRUE(glob_matches("a?[b]*", "a?[b]c"));

  EXPECT_FALSE(glob_matches("gpt-4.1*", "gpt-4x1-mini"));
  EXPECT_FALSE(glob_matches("a?*", "abc"));
}

// An algorithm that tries every split would not end within the test's time limit.
TEST(ModelPatternTest, HostilePatternsTakeNoMoreThanTheProductOfTheLengths) {
  std::string pattern;
  for (int i = 0; i < 64; ++i) pattern += "*a";
  pattern += "*b";
  const std::string model(16'384, 'a');

  EXPECT_FALSE(glob_matches(pattern, model));
  EXPECT_TRUE(glob_matches(pattern, model + "b"));
}

}  // namespace
}  // namespace balancer::routing
