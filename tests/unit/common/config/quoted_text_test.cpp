#include "common/config/quoted_text.hpp"

#include <gtest/gtest.h>

namespace balancer {
namespace {

TEST(QuotedTextTest, ShortensAtACharactersBorder) {
  const std::string text = std::string(59, 'a') + "\xc3\xa9 and more";

  EXPECT_EQ(in_quotes(text), '"' + std::string(59, 'a') + "...\"");
}

TEST(QuotedTextTest, ReplacesControlCharacters) {
  EXPECT_EQ(in_quotes("a\nb\x1b[31m"), "\"a?b?[31m\"");
}

}  // namespace
}  // namespace balancer
