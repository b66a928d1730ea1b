#include "common/tracing/collector_health.hpp"

#include <gtest/gtest.h>

namespace balancer::tracing {
namespace {

using namespace std::chrono_literals;
using News = CollectorHealth::News;
using TimePoint = CollectorHealth::TimePoint;

const RetryLimits kLimits{.attempts = 5, .first_delay = 1s, .longest_delay = 4s, .longest_retry_after = 60s};
const TimePoint kNow{1h};

TEST(CollectorHealthTest, WaitsTwiceAsLongAfterEachFailureUpToALimit) {
  CollectorHealth health(kLimits);

  for (const auto expected : {1s, 2s, 4s, 4s}) {
    (void)health.failed(kNow, std::nullopt, 0);
    EXPECT_EQ(health.ready_at(), kNow + expected);
  }
}

TEST(CollectorHealthTest, ChanceShortensAWaitByAFifthAtMost) {
  CollectorHealth health(kLimits);

  (void)health.failed(kNow, std::nullopt, 0.999);

  EXPECT_GE(health.ready_at(), kNow + 800ms);
  EXPECT_LE(health.ready_at(), kNow + 801ms);
}

TEST(CollectorHealthTest, ADeliveryEndsTheWaiting) {
  CollectorHealth health(kLimits);
  (void)health.failed(kNow, std::nullopt, 0);
  (void)health.failed(kNow, std::nullopt, 0);

  (void)health.delivered();

  EXPECT_LE(health.ready_at(), kNow);
  (void)health.failed(kNow, std::nullopt, 0);
  EXPECT_EQ(health.ready_at(), kNow + 1s);
}

TEST(CollectorHealthTest, WaitsAsLongAsTheCollectorWantsWithinReason) {
  CollectorHealth health(kLimits);

  (void)health.failed(kNow, 7s, 0.5);
  EXPECT_EQ(health.ready_at(), kNow + 7s);
  (void)health.failed(kNow, 24h, 0.5);
  EXPECT_EQ(health.ready_at(), kNow + 60s);
}

TEST(CollectorHealthTest, OneFailureThatTheNextTryMendsIsNoNews) {
  CollectorHealth health(kLimits);

  EXPECT_EQ(health.failed(kNow, std::nullopt, 0), News::kNone);
  EXPECT_EQ(health.delivered(), News::kNone);
  EXPECT_EQ(health.failed(kNow, std::nullopt, 0), News::kNone);
}

TEST(CollectorHealthTest, TwoFailuresInARowAreNewsOnce) {
  CollectorHealth health(kLimits);

  EXPECT_EQ(health.failed(kNow, std::nullopt, 0), News::kNone);
  EXPECT_EQ(health.failed(kNow, std::nullopt, 0), News::kFailing);
  EXPECT_EQ(health.failed(kNow, std::nullopt, 0), News::kNone);
  EXPECT_EQ(health.lost(), News::kNone);
}

TEST(CollectorHealthTest, ALossIsNewsOnce) {
  CollectorHealth health(kLimits);

  EXPECT_EQ(health.lost(), News::kFailing);
  EXPECT_EQ(health.lost(), News::kNone);
  EXPECT_EQ(health.failed(kNow, std::nullopt, 0), News::kNone);
}

TEST(CollectorHealthTest, RecoveryIsNewsOnce) {
  CollectorHealth health(kLimits);
  (void)health.lost();

  EXPECT_EQ(health.delivered(), News::kRecovered);
  EXPECT_EQ(health.delivered(), News::kNone);
}

}  // namespace
}  // namespace balancer::tracing
