#include "common/http/loop_guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace balancer::http {
namespace {

constexpr std::string_view kMe = "00c0ffee00c0ffee";

std::optional<Error> checked(const std::vector<HeaderField>& fields, std::string_view name = kMe) {
  return check_loop(fields, name);
}

TEST(LoopGuardTest, ServesWhatComesFromElsewhere) {
  EXPECT_FALSE(checked({}));
  EXPECT_FALSE(checked({{"via", kMe}, {"x-balancer-vi", kMe}, {"x-other", "1"}}));
  EXPECT_FALSE(checked({{kViaField, ""}}));
  EXPECT_FALSE(checked({{kViaField, "another"}}));
  EXPECT_FALSE(checked({{kViaField, "00c0ffee00c0ffe"}, {kViaField, "00c0ffee00c0ffee0"}}));
}

TEST(LoopGuardTest, RefusesWhatHasBeenHereBefore) {
  const std::vector<std::vector<HeaderField>> visited = {
      {{kViaField, kMe}},
      {{"X-Balancer-Via", kMe}},
      {{kViaField, "another"}, {"x", "y"}, {kViaField, kMe}},
      {{kViaField, "another, 00c0ffee00c0ffee"}},
      {{kViaField, "00c0ffee00c0ffee\t,another"}},
      {{kViaField, ",,00c0ffee00c0ffee,"}},
  };
  for (const auto& fields : visited) {
    const auto error = checked(fields);

    ASSERT_TRUE(error) << fields.back().value;
    EXPECT_EQ(error->code, ErrorCode::kLoopDetected);
    EXPECT_EQ(error->detail_code, kLoopDetail);
    EXPECT_THAT(error->message, testing::HasSubstr("base_url"));
    EXPECT_THAT(error->message, testing::Not(testing::HasSubstr(std::string(kMe))));
  }
}

TEST(LoopGuardTest, RefusesWhatHasComeThroughMoreThanAFewGateways) {
  EXPECT_FALSE(checked({{kViaField, "a,b"}, {kViaField, "c"}}));

  for (const std::vector<HeaderField>& fields : {std::vector<HeaderField>{{kViaField, "a,b,c,d"}},
                                                 {{kViaField, "a"}, {kViaField, "a"}, {kViaField, "a"}, {kViaField, "a"}}}) {
    const auto error = checked(fields);

    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::kLoopDetected);
    EXPECT_EQ(error->detail_code, kLoopDetail);
  }
}

TEST(LoopGuardTest, AServerWithoutANameTakesNobodyForItself) { EXPECT_FALSE(checked({{kViaField, " , "}}, "")); }

}  // namespace
}  // namespace balancer::http
