#include "common/text/ascii.hpp"

#include <gtest/gtest.h>

namespace balancer {
namespace {

TEST(AsciiTest, LowersLettersAndNothingElse) {
  EXPECT_EQ(ascii_lower(std::string_view("AZaz09-_[{@\xc3\x89")), "azaz09-_[{@\xc3\x89");
}

TEST(AsciiTest, ComparesWithoutRegardToCase) {
  EXPECT_TRUE(ascii_iequal("Content-Type", "cONTENT-tYPE"));
  EXPECT_TRUE(ascii_iequal("", ""));

  EXPECT_FALSE(ascii_iequal("a", "ab"));
  EXPECT_FALSE(ascii_iequal("[", "{"));
  EXPECT_FALSE(ascii_iequal("\xc3\x89", "\xc3\xa9"));
}

TEST(AsciiTest, FindsAPrefixWithoutRegardToCase) {
  EXPECT_TRUE(ascii_istarts_with("X-Forwarded-For", "x-forwarded-"));
  EXPECT_TRUE(ascii_istarts_with("x", ""));

  EXPECT_FALSE(ascii_istarts_with("x-forward", "x-forwarded-"));
}

TEST(AsciiTest, TrimsBlanksAndTabsOnly) {
  EXPECT_EQ(trim_blanks(" \t a b\t "), "a b");
  EXPECT_EQ(trim_blanks(" \t "), "");
  EXPECT_EQ(trim_blanks("\na\r"), "\na\r");
}

}  // namespace
}  // namespace balancer
