#include "controlplane/config/pattern_reading.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

using ::testing::HasSubstr;

TEST(PatternReadingTest, SaysNothingWhereBothReadingsAgree) {
  for (const char* const pattern : {"*", "*sonnet*", "**", "*claude*haiku*", "claude-sonnet-4", "claude-3.5-sonnet",
                                    "claude-opus-4[1m]", "*claude-sonnet-4*"}) {
    EXPECT_EQ(difference_to_reference(pattern), "") << pattern;
  }
}

TEST(PatternReadingTest, ExplainsAnchoring) {
  EXPECT_THAT(difference_to_reference("claude-*"), HasSubstr("matches whole names only"));
  EXPECT_THAT(difference_to_reference("claude-*"), HasSubstr("write *claude-* for that"));
  EXPECT_THAT(difference_to_reference("*-latest"), HasSubstr("write *-latest* for that"));
}

TEST(PatternReadingTest, ExplainsCharactersOfRegularExpressions) {
  EXPECT_THAT(difference_to_reference("*claude-3.5*"), HasSubstr("\".\" stands for itself here"));
  EXPECT_THAT(difference_to_reference("*sonnet?*"), HasSubstr("\"?\" stands for itself here"));
  EXPECT_THAT(difference_to_reference("claude-?"), HasSubstr("is taken as an exact name"));
}

}  // namespace
}  // namespace balancer::controlplane
