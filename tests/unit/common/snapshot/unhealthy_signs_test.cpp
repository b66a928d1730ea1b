#include "common/snapshot/unhealthy_signs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace balancer {
namespace {

TextPatterns patterns(const std::vector<std::string>& expressions) { return TextPatterns::compile(expressions).value(); }

TEST(TextPatternsTest, AreSearchedAnywhereAndInAnyCase) {
  const TextPatterns both = patterns({"rate.?limit", "没有可用"});

  EXPECT_TRUE(both.found_in(R"({"message":"RATE-LIMIT reached"})"));
  EXPECT_TRUE(both.found_in("当前没有可用账号"));
  EXPECT_FALSE(both.found_in("the rate is at its limit"));
  EXPECT_FALSE(both.found_in(""));
}

TEST(TextPatternsTest, NoneAreFoundNowhere) { EXPECT_FALSE(TextPatterns().found_in("anything")); }

TEST(TextPatternsTest, BytesThatAreNoUtf8AreOnlyText) {
  EXPECT_TRUE(patterns({"busy"}).found_in(std::string_view("\xff\0\xc3 busy", 8)));
}

TEST(TextPatternsTest, PlainTextIsFoundAsItStands) {
  const TextPatterns plain = patterns({TextPatterns::plain("a(b.*")});

  EXPECT_TRUE(plain.found_in("xA(B.*x"));
  EXPECT_FALSE(plain.found_in("a(bcd"));
}

TEST(TextPatternsTest, AnExpressionThatDoesNotCompileIsRefused) {
  EXPECT_THAT(TextPatterns::compile({"fine", "a("}).error().message, testing::HasSubstr("missing )"));
  EXPECT_TRUE(TextPatterns::compile({"(?=x)"}).has_error());
}

TEST(TextPatternsTest, AnExpressionThatWouldTakeTooMuchMemoryIsRefused) {
  EXPECT_TRUE(TextPatterns::compile({R"(((\pL{100}){100}){10})"}).has_error());
}

TEST(TextPatternsTest, AnExpressionMadeToExplodeIsSearchedInBoundedTime) {
  const TextPatterns explosive = patterns({"(a|aa)+[ab]{0,200}a[ab]{200}c"});
  std::string text;
  for (int i = 0; i < 64 * 1024; ++i) text += i % 7 == 0 ? 'b' : 'a';

  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(explosive.found_in(text));

  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST(TextPatternsTest, AreEqualWhenTheirExpressionsAre) {
  EXPECT_EQ(patterns({"a", "b"}), patterns({"a", "b"}));
  EXPECT_FALSE(patterns({"a", "b"}) == patterns({"b", "a"}));
}

}  // namespace
}  // namespace balancer
