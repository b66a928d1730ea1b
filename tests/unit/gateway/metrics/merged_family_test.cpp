#include "gateway/metrics/merged_family.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "common/metrics/metric_family.hpp"
#include "tests/unit/common/metrics/exposition_text.hpp"

namespace balancer::gateway {
namespace {

using metrics::ExpositionText;
using prometheus::MetricType;
using testing::IsEmpty;
using testing::SizeIs;

constexpr BucketBounds<3> kBounds{1, 2, 4};
constexpr MetricName<2> kRequests{"requests_total", "Requests.", {"endpoint", "code"}};
constexpr MetricName<1> kDurations{"duration_seconds", "Durations.", {"endpoint"}};

struct Shard {
  SeriesShard<NumberCell, 2> requests;
  SeriesShard<HistogramCell<kBounds>, 1> durations;
};

class MergedFamilyTest : public testing::Test {
 protected:
  prometheus::MetricFamily numbers(MetricType type = MetricType::Counter) const {
    return merged_numbers(type, kRequests, shards_, [](const Shard& shard) -> const auto& { return shard.requests; });
  }
  prometheus::MetricFamily histogram() const {
    return merged_histogram<kBounds>(kDurations, shards_,
                                     [](const Shard& shard) -> const auto& { return shard.durations; });
  }
  static ExpositionText text(prometheus::MetricFamily family) {
    return ExpositionText(metrics::exposition({std::move(family)}));
  }

  std::vector<std::unique_ptr<Shard>> shards_ = [] {
    std::vector<std::unique_ptr<Shard>> shards;
    for (int i = 0; i < 2; ++i) shards.push_back(std::make_unique<Shard>());
    return shards;
  }();
  Shard& first_ = *shards_[0];
  Shard& second_ = *shards_[1];
};

TEST_F(MergedFamilyTest, CountsOfThreadsAddUp) {
  first_.requests.at({"messages", "200"}).add(2);
  second_.requests.at({"messages", "200"}).add(3);

  EXPECT_EQ(text(numbers()).value("requests_total", {{"endpoint", "messages"}, {"code", "200"}}), 5);
}

TEST_F(MergedFamilyTest, ASeriesOfOneThreadAloneIsThere) {
  first_.requests.at({"messages", "200"}).add(1);
  second_.requests.at({"models", "200"}).add(1);

  EXPECT_THAT(text(numbers()).series("requests_total"), SizeIs(2));
}

TEST_F(MergedFamilyTest, AnEmptyLabelValueIsNoLabel) {
  first_.requests.at({"messages", ""}).add(1);
  first_.durations.at({""}).observe(1);

  EXPECT_EQ(text(numbers()).value("requests_total", {{"endpoint", "messages"}}), 1);
  EXPECT_EQ(text(histogram()).value("duration_seconds_count"), 1);
}

TEST_F(MergedFamilyTest, WithoutSeriesThereIsNone) {
  EXPECT_THAT(numbers().metric, IsEmpty());
  EXPECT_THAT(histogram().metric, IsEmpty());
}

TEST_F(MergedFamilyTest, AGaugeMayBeBelowZero) {
  first_.requests.at({"a", "b"}).add(1);
  second_.requests.at({"a", "b"}).add(-3);

  const ExpositionText told = text(numbers(MetricType::Gauge));

  EXPECT_EQ(told.type("requests_total"), "gauge");
  EXPECT_EQ(told.value("requests_total", {{"endpoint", "a"}, {"code", "b"}}), -2);
}

TEST_F(MergedFamilyTest, BucketsAreCumulativeAndTheLastOneIsTheCount) {
  for (const double value : {0.5, 1.0, 1.5, 4.0}) first_.durations.at({"messages"}).observe(value);
  for (const double value : {2.0, 100.0}) second_.durations.at({"messages"}).observe(value);

  const ExpositionText told = text(histogram());
  const auto bucket = [&](const char* le) {
    return told.value("duration_seconds_bucket", {{"endpoint", "messages"}, {"le", le}}).value();
  };

  EXPECT_EQ(bucket("1"), 2);
  EXPECT_EQ(bucket("2"), 4);
  EXPECT_EQ(bucket("4"), 5);
  EXPECT_EQ(bucket("+Inf"), 6);
  EXPECT_EQ(told.value("duration_seconds_count", {{"endpoint", "messages"}}), 6);
  EXPECT_EQ(told.value("duration_seconds_sum", {{"endpoint", "messages"}}), 109);
}

TEST_F(MergedFamilyTest, LabelsArriveAsTheyAreWhateverTheyHold) {
  const std::string odd = "a\"} 1\n\\,{b=";
  first_.durations.at({odd}).observe(1);
  second_.requests.at({odd, odd}).add(1);

  EXPECT_EQ(text(histogram()).value("duration_seconds_count", {{"endpoint", odd}}), 1);
  EXPECT_EQ(text(numbers()).value("requests_total", {{"endpoint", odd}, {"code", odd}}), 1);
}

}  // namespace
}  // namespace balancer::gateway
