#include "common/config/duration_text.hpp"

#include <gtest/gtest.h>

namespace balancer {
namespace {

using namespace std::chrono_literals;

TEST(DurationTextTest, TakesPlainNumbersAsSeconds) {
  EXPECT_EQ(parse_duration("90"), 90s);
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_EQ(parse_duration("0.5"), 500ms);
  EXPECT_EQ(parse_duration("0.29"), 290ms);
}

TEST(DurationTextTest, UnderstandsUnits) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("2d"), 48h);
}

TEST(DurationTextTest, RefusesEverythingElse) {
  for (const char* const text : {"", "-1", "+1", "s", "5 s", "5x", "1e3", "1.2.3", ".", "inf", "nan", "0x10", "1_000",
                                 "5M", "999999999999", "99999999999999999999999999999999999999999"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace balancer
