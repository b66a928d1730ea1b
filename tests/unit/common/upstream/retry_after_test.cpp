#include "common/upstream/retry_after.hpp"

#include <gtest/gtest.h>

namespace balancer {
namespace {

using namespace std::chrono_literals;

// 1 November 2026, 00:00:00 UTC, a Sunday.
const auto kNow = std::chrono::system_clock::from_time_t(1793491200);

TEST(RetryAfterTest, ReadsSeconds) {
  EXPECT_EQ(parse_retry_after("30", kNow), 30s);
  EXPECT_EQ(parse_retry_after(" 0\t", kNow), 0s);
  EXPECT_EQ(parse_retry_after("1.5", kNow), 1500ms);
}

TEST(RetryAfterTest, LongerThanAWeekIsAWeek) {
  EXPECT_EQ(parse_retry_after("604801", kNow), 7 * 24h);
  EXPECT_EQ(parse_retry_after("99999999999999999999999999", kNow), 7 * 24h);
  EXPECT_EQ(parse_retry_after("Fri, 01 Jan 2100 00:00:00 GMT", kNow), 7 * 24h);
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", kNow), 7 * 24h);
}

TEST(RetryAfterTest, ReadsDatesInEveryFormOfHttp) {
  EXPECT_EQ(parse_retry_after("Sun, 01 Nov 2026 00:01:30 GMT", kNow), 90s);
  EXPECT_EQ(parse_retry_after("Sunday, 01-Nov-26 00:01:30 GMT", kNow), 90s);
  EXPECT_EQ(parse_retry_after("Sun Nov  1 00:01:30 2026", kNow), 90s);
  EXPECT_EQ(parse_retry_after("Sun, 01 Nov 2026 00:00:01 GMT", kNow + 250ms), 750ms);
}

TEST(RetryAfterTest, DateGoneBySaysNothing) {
  EXPECT_EQ(parse_retry_after("Sat, 31 Oct 2026 23:59:59 GMT", kNow), std::nullopt);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", kNow), std::nullopt);
  EXPECT_EQ(parse_retry_after("Sun, 01 Nov 2026 00:00:00 GMT", kNow), std::nullopt);
}

TEST(RetryAfterTest, WhatIsNeitherSecondsNorADateSaysNothing) {
  for (const char* value : {"", "  ", "-1", "+5", "soon", "5s", "5 6", "nan", "inf", "infinity", "0x10", "1e400", "--",
                            "Sun, 01 Nov 2026 00:01:30", "Sun, 01 Nov 2026 00:01:30 GMT+1", "2026-11-01T00:01:30Z"}) {
    EXPECT_EQ(parse_retry_after(value, kNow), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace balancer
