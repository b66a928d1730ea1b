#include "controlplane/domain/traffic_history.hpp"

#include <gmock/gmock.h>

#include <numeric>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::Eq;

class TrafficHistoryTest : public testing::Test {
 protected:
  // That long after the start.
  static Clock::TimePoint at(std::chrono::nanoseconds passed) {
    return kStart + std::chrono::duration_cast<Clock::TimePoint::duration>(passed);
  }
  void add_requests(std::int64_t count, std::chrono::nanoseconds passed) {
    history_.add({.request_count = count}, at(passed));
  }
  std::vector<std::int64_t> requests(std::chrono::nanoseconds passed) const {
    std::vector<std::int64_t> counts;
    for (const TrafficStep& step : history_.steps(at(passed))) counts.push_back(step.request_count);
    return counts;
  }
  static std::int64_t sum(const std::vector<std::int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  }

  static constexpr Clock::TimePoint kStart{1h};
  TrafficHistory history_{kStart};
};

TEST_F(TrafficHistoryTest, HasAStepForAllOfFiveMinutesFromTheStartOn) {
  EXPECT_EQ(history_.steps(at(0s)).size(), 60u);
  EXPECT_THAT(requests(0s), Each(Eq(0)));
  EXPECT_EQ(TrafficHistory::kStep * TrafficHistory::kStepCount, 5min);
}

TEST_F(TrafficHistoryTest, AddsUpWhatFallsIntoTheSameStep) {
  history_.add({.request_count = 1, .error_count = 1, .input_token_count = 10, .output_token_count = 3}, at(0s));
  history_.add({.request_count = 2, .error_count = 0, .input_token_count = 5, .output_token_count = 4}, at(4999ms));

  const TrafficStep step = history_.steps(at(4999ms)).back();

  EXPECT_EQ(step.request_count, 3);
  EXPECT_EQ(step.error_count, 1);
  EXPECT_EQ(step.input_token_count, 15);
  EXPECT_EQ(step.output_token_count, 7);
}

TEST_F(TrafficHistoryTest, BeginsAStepEveryFiveSecondsWithTheRunningOneLast) {
  add_requests(1, 0s);
  add_requests(2, 5s);
  add_requests(3, 10s);

  const std::vector<std::int64_t> counts = requests(14s);

  EXPECT_EQ(counts[57], 1);
  EXPECT_EQ(counts[58], 2);
  EXPECT_EQ(counts[59], 3);
}

TEST_F(TrafficHistoryTest, ShowsAStepWithoutTrafficAsZero) {
  add_requests(4, 0s);
  add_requests(6, 10s);

  const std::vector<std::int64_t> counts = requests(19s);

  EXPECT_EQ(counts[56], 4);
  EXPECT_EQ(counts[57], 0);
  EXPECT_EQ(counts[58], 6);
  EXPECT_EQ(counts[59], 0);
}

TEST_F(TrafficHistoryTest, ForgetsAStepAfterFiveMinutesAndNotBefore) {
  add_requests(7, 0s);

  EXPECT_EQ(requests(299s).front(), 7);
  EXPECT_EQ(sum(requests(300s)), 0);
}

TEST_F(TrafficHistoryTest, ReusesThePlaceOfAForgottenStepWithoutItsCounts) {
  add_requests(7, 2s);
  add_requests(1, 302s);

  EXPECT_EQ(requests(302s).back(), 1);
  EXPECT_EQ(sum(requests(302s)), 1);
}

TEST_F(TrafficHistoryTest, StaysRightOverManyRounds) {
  for (int second = 0; second < 3600; ++second) add_requests(1, std::chrono::seconds(second));

  EXPECT_THAT(requests(3599s), Each(Eq(5)));
}

TEST_F(TrafficHistoryTest, KnowsNothingOfALongQuietTime) {
  add_requests(9, 0s);

  EXPECT_EQ(sum(requests(1h)), 0);
  EXPECT_EQ(history_.rates(at(1h)).requests_per_second, 0);
}

TEST_F(TrafficHistoryTest, TakesATimeBeforeTheStartForTheStart) {
  add_requests(1, -3s);

  EXPECT_EQ(requests(0s).back(), 1);
}

}  // namespace
}  // namespace balancer::controlplane
