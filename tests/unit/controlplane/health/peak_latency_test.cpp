#include "controlplane/health/peak_latency.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

class PeakLatencyTest : public testing::Test {
 protected:
  [[nodiscard]] double milliseconds() const {
    return std::chrono::duration<double, std::milli>(latency_.value().value()).count();
  }

  FakeClock clock_;
  PeakLatency latency_;
};

TEST_F(PeakLatencyTest, KnowsNothingBeforeTheFirstAnswer) {
  EXPECT_EQ(latency_.value(), std::nullopt);
  EXPECT_EQ(latency_.expected(clock_.now()), std::nullopt);
}

TEST_F(PeakLatencyTest, BelievesASlowAnswerAtOnce) {
  latency_.record(100ms, clock_.now());

  latency_.record(2s, clock_.now());

  EXPECT_EQ(latency_.value(), 2s);
}

TEST_F(PeakLatencyTest, BelievesQuickAnswersByAndBy) {
  latency_.record(1s, clock_.now());

  latency_.record(100ms, clock_.now());
  EXPECT_EQ(latency_.value(), 1s) << "no time has passed";

  clock_.advance(PeakLatency::kMemory);
  latency_.record(100ms, clock_.now());
  EXPECT_NEAR(milliseconds(), 100 + 900 / 2.718, 1);

  for (int i = 0; i < 100; ++i) {
    clock_.advance(1s);
    latency_.record(100ms, clock_.now());
  }
  EXPECT_NEAR(milliseconds(), 100, 1);
}

TEST_F(PeakLatencyTest, ExpectsLessOfAProviderThatIsNotAskedAnyMore) {
  latency_.record(1s, clock_.now());
  EXPECT_DOUBLE_EQ(latency_.expected(clock_.now()).value(), 1e6);

  clock_.advance(PeakLatency::kIdleMemory);

  EXPECT_NEAR(latency_.expected(clock_.now()).value(), 1e6 / 2.718, 1e3);
  EXPECT_EQ(latency_.value(), 1s) << "what was measured stays";
}

}  // namespace
}  // namespace balancer::controlplane
