#include "common/tracing/key_value_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::tracing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(KeyValueListTest, ReadsMembersInTheirOrder) {
  EXPECT_THAT(parse_key_value_list("b=1,a=2"), Optional(ElementsAre(KeyValue{"b", "1"}, KeyValue{"a", "2"})));
}

TEST(KeyValueListTest, DecodesEscapes) {
  EXPECT_THAT(parse_key_value_list("authorization=Basic%20dTpw%3D%2c,k%20ey=v"),
              Optional(ElementsAre(KeyValue{"authorization", "Basic dTpw=,"}, KeyValue{"k ey", "v"})));
}

TEST(KeyValueListTest, SplitsAtTheFirstEqualsSign) {
  EXPECT_THAT(parse_key_value_list("a=b=c=="), Optional(ElementsAre(KeyValue{"a", "b=c=="})));
}

TEST(KeyValueListTest, PassesOverBlanksAndEmptyMembers) {
  EXPECT_THAT(parse_key_value_list(" a = 1 ,, b\t=2 ,"), Optional(ElementsAre(KeyValue{"a", "1"}, KeyValue{"b", "2"})));
  EXPECT_THAT(parse_key_value_list("a="), Optional(ElementsAre(KeyValue{"a", ""})));
  EXPECT_THAT(parse_key_value_list(""), Optional(IsEmpty()));
}

TEST(KeyValueListTest, RefusesTheWholeOfAListThatIsBrokenAnywhere) {
  for (const char* const text : {"a", "=1", " =1", "a=1,b", "a=%", "a=%4", "a=%4x", "%zz=1"}) {
    EXPECT_EQ(parse_key_value_list(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace balancer::tracing
