#include "gateway/telemetry/summary_allowance.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

class SummaryAllowanceTest : public testing::Test {
 protected:
  // Of `count` requests, one each `interval`.
  int taken(int count, std::chrono::nanoseconds interval) {
    int granted = 0;
    for (int i = 0; i < count; ++i, now_ += interval) granted += allowance_.take(now_) ? 1 : 0;
    return granted;
  }

  Clock::TimePoint now_{1h};
  SummaryAllowance allowance_;
};

TEST_F(SummaryAllowanceTest, BelowTheRateEveryRequestIsTold) { EXPECT_EQ(taken(10'000, 5ms), 10'000); }

TEST_F(SummaryAllowanceTest, AboveTheRateTheRateIsTold) {
  EXPECT_EQ(taken(100'000, 100us), SummaryAllowance::kBurst + 10 * SummaryAllowance::kPerSecond);
}

TEST_F(SummaryAllowanceTest, AboveTheRateTheShareIsEven) {
  (void)taken(100'000, 100us);

  for (int i = 0; i < 100; ++i) EXPECT_EQ(taken(500, 100us), 10) << i;
}

TEST_F(SummaryAllowanceTest, AQuietTimeAllowsABurstAndNoMore) {
  (void)taken(1'000, 0ns);
  now_ += 1h;

  EXPECT_EQ(taken(1'000, 0ns), SummaryAllowance::kBurst);
}

}  // namespace
}  // namespace balancer::gateway
