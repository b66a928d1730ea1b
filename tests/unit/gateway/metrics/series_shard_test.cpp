#include "gateway/metrics/series_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace balancer::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

template <std::size_t kLabels>
using Values = std::map<std::array<std::string, kLabels>, double>;

// Fails for a series that is visited twice.
template <std::size_t kLabels>
Values<kLabels> values_of(const SeriesShard<NumberCell, kLabels>& shard) {
  Values<kLabels> values;
  shard.for_each([&](const std::array<std::string, kLabels>& labels, const NumberCell& cell) {
    EXPECT_TRUE(values.emplace(labels, cell.value()).second);
  });
  return values;
}

TEST(NumberCellTest, GoesUpAndDown) {
  NumberCell cell;
  EXPECT_EQ(cell.value(), 0);

  cell.add(2.5);
  cell.add(-1);

  EXPECT_EQ(cell.value(), 1.5);
}

TEST(SeriesShardTest, HasNoSeriesBeforeOneIsCounted) {
  EXPECT_THAT((values_of(SeriesShard<NumberCell, 2>())), IsEmpty());
}

TEST(SeriesShardTest, SameLabelsAreOneSeries) {
  SeriesShard<NumberCell, 2> shard;
  shard.at({"a", "b"}).add(1);
  shard.at({std::string("a"), std::string("b")}).add(1);

  EXPECT_THAT(values_of(shard), ElementsAre(Pair(ElementsAre("a", "b"), 2)));
}

TEST(SeriesShardTest, LabelsAreToldApartByTheirPlace) {
  SeriesShard<NumberCell, 2> shard;
  shard.at({"a", "b"}).add(1);
  shard.at({"b", "a"}).add(2);
  shard.at({"ab", ""}).add(3);
  shard.at({"", "ab"}).add(4);

  EXPECT_THAT(values_of(shard), ElementsAre(Pair(ElementsAre("", "ab"), 4), Pair(ElementsAre("a", "b"), 1),
                                            Pair(ElementsAre("ab", ""), 3), Pair(ElementsAre("b", "a"), 2)));
}

TEST(SeriesShardTest, WithoutLabelsThereIsOneSeries) {
  SeriesShard<NumberCell, 0> shard;
  shard.at({}).add(1);
  shard.at({}).add(1);

  EXPECT_THAT(values_of(shard), ElementsAre(Pair(IsEmpty(), 2)));
}

TEST(SeriesShardTest, LabelsMayHoldAnything) {
  using namespace std::string_literals;
  const std::vector<std::string> odd{"", "\0"s, "\0\0"s, "a\0b"s, "a", "\"", "\\", "\n", "\xff\xfe",
                                     std::string(10'000, 'x')};
  SeriesShard<NumberCell, 1> shard;
  for (std::size_t i = 0; i < odd.size(); ++i) shard.at({odd[i]}).add(static_cast<double>(i) + 1);

  const Values<1> values = values_of(shard);

  ASSERT_THAT(values, SizeIs(odd.size()));
  for (std::size_t i = 0; i < odd.size(); ++i) EXPECT_EQ(values.at({odd[i]}), static_cast<double>(i) + 1);
}

TEST(SeriesShardTest, LabelsNeedNotOutliveTheCall) {
  SeriesShard<NumberCell, 1> shard;
  {
    std::string label = "first";
    shard.at({label}).add(1);
    label = "other";
  }

  shard.at({"first"}).add(1);

  EXPECT_THAT(values_of(shard), ElementsAre(Pair(ElementsAre("first"), 2)));
}

TEST(SeriesShardTest, ACellStaysWhereItIsWhileOthersCome) {
  SeriesShard<NumberCell, 1> shard;
  NumberCell& cell = shard.at({"first"});
  for (int i = 0; i < 10'000; ++i) shard.at({std::to_string(i)}).add(1);

  cell.add(5);

  EXPECT_EQ(&shard.at({"first"}), &cell);
  EXPECT_EQ(values_of(shard).at({"first"}), 5);
  EXPECT_THAT(values_of(shard), SizeIs(10'001));
}

TEST(SeriesShardTest, WhileOneThreadWritesAReaderNeverSeesASeriesGoOrFall) {
  constexpr int kReads = 300;
  SeriesShard<NumberCell, 1> shard;
  std::vector<std::string> names;
  for (int i = 0; i < 2'000; ++i) names.push_back(std::to_string(i));
  std::size_t written = 0;

  // New series come while the reader is at it.
  std::jthread writer([&](const std::stop_token& stop) {
    while (written < 200'000 || !stop.stop_requested()) {
      shard.at({names[written / 100 % names.size()]}).add(1);
      ++written;
    }
  });
  Values<1> before;
  for (int read = 0; read < kReads || before.size() < names.size(); ++read) {
    const Values<1> now = values_of(shard);
    for (const auto& [labels, value] : before) {
      const auto still = now.find(labels);
      EXPECT_TRUE(still != now.end() && still->second >= value) << labels[0];
    }
    before = now;
  }
  writer = {};

  double sum = 0;
  for (const auto& [labels, value] : values_of(shard)) sum += value;
  EXPECT_EQ(sum, static_cast<double>(written));
}

}  // namespace
}  // namespace balancer::gateway
