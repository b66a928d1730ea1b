#include "gateway/failover/retry_budget.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

constexpr RetryBudget::TimePoint kStart{1h};

int taken_by(RetryBudget& budget) {
  int taken = 0;
  while (budget.take()) ++taken;
  return taken;
}

TEST(RetryBudgetTest, AQuietGatewayMayTryThreeTimesMore) {
  RetryBudget budget;
  budget.record_request(kStart);

  EXPECT_EQ(taken_by(budget), 3);
}

TEST(RetryBudgetTest, AnOutageUnderLoadIsMultipliedByAFifthAtMost) {
  RetryBudget budget;
  int retries = 0;

  for (int i = 0; i < 1'000; ++i) {
    budget.record_request(kStart + i * 5ms);
    retries += taken_by(budget);
  }

  EXPECT_LE(retries, 203);
  EXPECT_GE(retries, 200);
}

TEST(RetryBudgetTest, SavesNoMoreThanItsReserve) {
  RetryBudget budget;
  for (int i = 0; i < 1'000; ++i) budget.record_request(kStart + i * 5ms);

  EXPECT_EQ(taken_by(budget), 3);
}

TEST(RetryBudgetTest, HasItsReserveBackAfterHalfAMinuteOfQuiet) {
  RetryBudget budget;
  budget.record_request(kStart);
  taken_by(budget);

  budget.record_request(kStart + 10s);
  EXPECT_EQ(taken_by(budget), 1);

  budget.record_request(kStart + 41s);
  EXPECT_EQ(taken_by(budget), 3);
}

}  // namespace
}  // namespace balancer::gateway
