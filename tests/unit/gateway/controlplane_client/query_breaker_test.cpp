#include "gateway/controlplane_client/query_breaker.hpp"

#include <gtest/gtest.h>

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;

constexpr QueryBreaker::TimePoint kStart{1'000h};

TEST(QueryBreakerTest, AnUnprovenControlPlaneGetsOneTrialASecond) {
  QueryBreaker breaker;

  EXPECT_TRUE(breaker.admit(kStart));
  EXPECT_FALSE(breaker.admit(kStart + 999ms));
  EXPECT_TRUE(breaker.admit(kStart + 1s));
}

TEST(QueryBreakerTest, AnAnswerInTimeLetsEveryRequestAsk) {
  QueryBreaker breaker;
  breaker.close();

  EXPECT_TRUE(breaker.admit(kStart));
  EXPECT_TRUE(breaker.admit(kStart));
}

TEST(QueryBreakerTest, ThreeTimeoutsInARowStopTheQuestions) {
  QueryBreaker breaker;
  breaker.close();

  EXPECT_FALSE(breaker.record_timeout(kStart));
  EXPECT_FALSE(breaker.record_timeout(kStart));
  EXPECT_TRUE(breaker.record_timeout(kStart));

  EXPECT_FALSE(breaker.admit(kStart + 1ms));
  EXPECT_TRUE(breaker.admit(kStart + 1s));
}

TEST(QueryBreakerTest, AnAnswerBetweenTimeoutsForgivesThem) {
  QueryBreaker breaker;
  breaker.close();
  for (int i = 0; i < 2; ++i) static_cast<void>(breaker.record_timeout(kStart));
  breaker.close();

  EXPECT_FALSE(breaker.record_timeout(kStart));
  EXPECT_TRUE(breaker.admit(kStart));
}

TEST(QueryBreakerTest, ALateAnswerBringsTheNextTrialForward) {
  QueryBreaker breaker;
  breaker.close();
  for (int i = 0; i < 3; ++i) static_cast<void>(breaker.record_timeout(kStart));

  breaker.hurry_trial();

  EXPECT_TRUE(breaker.admit(kStart + 1ms));
  EXPECT_FALSE(breaker.admit(kStart + 2ms));
}

TEST(QueryBreakerTest, ANewStreamHasToProveItself) {
  QueryBreaker breaker;
  breaker.close();

  breaker.record_break();

  EXPECT_TRUE(breaker.admit(kStart));
  EXPECT_FALSE(breaker.admit(kStart));
}

}  // namespace
}  // namespace balancer::gateway
