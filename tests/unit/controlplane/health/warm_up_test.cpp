#include "controlplane/health/warm_up.hpp"

#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

// How many requests it trusts the provider with.
int limit_of(const WarmUp& warm_up) {
  for (int in_flight = 0; in_flight < 1'000; ++in_flight) {
    if (warm_up.is_reached_by(in_flight)) return in_flight;
  }
  return 1'000;
}

TEST(WarmUpTest, DoublesWithEverySuccessUntilItIsOver) {
  WarmUp warm_up;
  warm_up.begin();

  for (const int expected : {2, 4, 8, 16, 32}) {
    EXPECT_EQ(limit_of(warm_up), expected);
    warm_up.record_success();
  }

  EXPECT_EQ(limit_of(warm_up), 1'000);
}

TEST(WarmUpTest, LimitsNobodyWhoDidNotComeBack) {
  WarmUp warm_up;
  EXPECT_EQ(limit_of(warm_up), 1'000);

  warm_up.begin();
  warm_up.end();

  EXPECT_EQ(limit_of(warm_up), 1'000);
}

}  // namespace
}  // namespace balancer::controlplane
