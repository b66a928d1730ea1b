#include "gateway/dialect/json/json_balance.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace balancer::gateway {
namespace {

bool completes(std::string_view text) {
  JsonBalance balance;
  balance.feed(text);
  return balance.complete();
}

TEST(JsonBalanceTest, ObjectsArraysAndStringsAreCompleteAtTheirLastByte) {
  for (const std::string_view text :
       {R"({})", R"([])", R"("")", R"({"a":[1,{"b":"}"}]})", R"(["]","\"]","\\"])", R"( "a\"b")"}) {
    EXPECT_TRUE(completes(text)) << text;
    for (std::size_t size = 0; size < text.size(); ++size) {
      EXPECT_FALSE(completes(text.substr(0, size))) << text << size;
    }
  }
}

TEST(JsonBalanceTest, SaysWhereInTheLastPieceTheValueEnded) {
  JsonBalance balance;
  balance.feed(R"( {"a":"\)");
  EXPECT_FALSE(balance.complete());
  balance.feed(R"("})");
  EXPECT_FALSE(balance.complete()) << "the quote was escaped";
  balance.feed(R"("}{"b":1})");
  EXPECT_TRUE(balance.complete());
  EXPECT_EQ(balance.completed_at(), 2u);
}

TEST(JsonBalanceTest, IsBlankUntilAnythingButWhiteSpaceComes) {
  JsonBalance balance;
  EXPECT_TRUE(balance.blank());
  balance.feed(" \r\n\t");
  EXPECT_TRUE(balance.blank());
  balance.feed("1");
  EXPECT_FALSE(balance.blank());
  EXPECT_FALSE(balance.complete());
}

TEST(JsonBalanceTest, ClosingBracketsWithoutOpenOnesCompleteNothing) {
  EXPECT_FALSE(completes("}]}"));
  EXPECT_FALSE(completes("]["));
  EXPECT_TRUE(completes("][]"));
}

TEST(JsonBalanceTest, DoesNotDependOnWhereThePiecesAreCut) {
  const std::string text = R"(  {"a":["\\\"",{"b":"]}"}]}tail)";
  const std::size_t end = text.size() - std::string_view("tail").size();
  for (std::size_t cut = 0; cut < end; ++cut) {
    JsonBalance balance;
    balance.feed(std::string_view(text).substr(0, cut));
    ASSERT_FALSE(balance.complete()) << cut;
    balance.feed(std::string_view(text).substr(cut));
    ASSERT_TRUE(balance.complete()) << cut;
    EXPECT_EQ(cut + balance.completed_at(), end);
  }
}

}  // namespace
}  // namespace balancer::gateway
