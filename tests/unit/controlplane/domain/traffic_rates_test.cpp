#include <gmock/gmock.h>

#include <string>

#include "controlplane/domain/traffic_history.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::DoubleNear;
using testing::Each;
using testing::Eq;

class TrafficRatesTest : public testing::Test {
 protected:
  static Clock::TimePoint at(std::chrono::nanoseconds passed) {
    return kStart + std::chrono::duration_cast<Clock::TimePoint::duration>(passed);
  }

  static constexpr Clock::TimePoint kStart{1h};
  TrafficHistory history_{kStart};
};

TEST_F(TrafficRatesTest, DividesByTheTimeThatHasPassedInTheLatestTwoSteps) {
  history_.add({.request_count = 4, .error_count = 2, .input_token_count = 800, .output_token_count = 80}, at(0s));
  history_.add({.request_count = 12, .error_count = 2, .input_token_count = 800, .output_token_count = 0}, at(6s));

  const TrafficRates rates = history_.rates(at(8s));

  EXPECT_DOUBLE_EQ(rates.requests_per_second, 2.0);
  EXPECT_DOUBLE_EQ(rates.errors_per_second, 0.5);
  EXPECT_DOUBLE_EQ(rates.input_tokens_per_second, 200.0);
  EXPECT_DOUBLE_EQ(rates.output_tokens_per_second, 10.0);
}

TEST_F(TrafficRatesTest, DoesNotExplodeRightAfterTheStart) {
  history_.add({.request_count = 3}, at(0s));

  EXPECT_DOUBLE_EQ(history_.rates(at(0s)).requests_per_second, 3.0);
  EXPECT_DOUBLE_EQ(history_.rates(at(1ms)).requests_per_second, 3.0);
}

TEST_F(TrafficRatesTest, StaysSteadyWhereOneStepFollowsAnother) {
  for (int i = 0; i < 200; ++i) history_.add({.request_count = 1}, at(i * 100ms));

  EXPECT_THAT(history_.rates(at(19'999ms)).requests_per_second, DoubleNear(10.0, 0.1));
  EXPECT_THAT(history_.rates(at(20s)).requests_per_second, DoubleNear(10.0, 0.1));
}

TEST_F(TrafficRatesTest, FallsToZeroTenSecondsAfterTheLastRequest) {
  history_.add({.request_count = 5}, at(0s));

  EXPECT_GT(history_.rates(at(9s)).requests_per_second, 0.0);
  EXPECT_EQ(history_.rates(at(10s)).requests_per_second, 0.0);
}

TEST_F(TrafficRatesTest, TellsTheMeanLatencyOfEachStepAndProvider) {
  history_.add_latency("a", 100ms, at(1s));
  history_.add_latency("a", 300ms, at(2s));
  history_.add_latency("a", 1s, at(6s));
  history_.add_latency("b", 5s, at(6s));

  const auto of_a = history_.latencies("a", at(11s));

  ASSERT_EQ(of_a.size(), history_.steps(at(11s)).size());
  EXPECT_DOUBLE_EQ(of_a[57].value(), 0.2);
  EXPECT_DOUBLE_EQ(of_a[58].value(), 1.0);
  EXPECT_EQ(of_a[59], std::nullopt);
  EXPECT_EQ(of_a[0], std::nullopt);
  EXPECT_DOUBLE_EQ(history_.latencies("b", at(11s))[58].value(), 5.0);
}

TEST_F(TrafficRatesTest, HasNoLatencyOfAProviderThatNeverAnswered) {
  const auto of_nobody = history_.latencies("nobody", at(1s));

  EXPECT_EQ(of_nobody.size(), 60u);
  EXPECT_THAT(of_nobody, Each(Eq(std::nullopt)));
}

TEST_F(TrafficRatesTest, ForgetsLatenciesAfterFiveMinutes) {
  history_.add_latency("a", 100ms, at(0s));
  history_.add_latency("a", 700ms, at(300s));

  const auto means = history_.latencies("a", at(300s));

  EXPECT_DOUBLE_EQ(means.back().value(), 0.7) << "the mean of this round alone";
  EXPECT_EQ(means.front(), std::nullopt);
}

// A gateway that found its control plane again tells of answers of long ago.
TEST_F(TrafficRatesTest, ALatencyOfLongAgoLeavesTheLatestOnesAlone) {
  history_.add_latency("a", 700ms, at(600s));

  history_.add_latency("a", 100ms, at(300s));

  EXPECT_EQ(history_.latencies("a", at(600s)).back(), std::optional(0.7));
}

TEST_F(TrafficRatesTest, RemembersNoMoreThanAThousandProviders) {
  for (int i = 0; i < 1'500; ++i) history_.add_latency("p" + std::to_string(i), 1s, at(1s));
  history_.add_latency("p0", 3s, at(1s));

  EXPECT_EQ(history_.latencies("p0", at(1s)).back(), std::optional(2.0)) << "a known one goes on";
  EXPECT_TRUE(history_.latencies("p999", at(1s)).back().has_value());
  EXPECT_FALSE(history_.latencies("p1000", at(1s)).back().has_value());
}

}  // namespace
}  // namespace balancer::controlplane
