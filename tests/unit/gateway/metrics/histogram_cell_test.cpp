#include "gateway/metrics/histogram_cell.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace balancer::gateway {
namespace {

constexpr BucketBounds<3> kBounds{1, 2, 4};
using Cell = HistogramCell<kBounds>;

std::array<std::uint64_t, Cell::kBucketCount> counts_of(const Cell& cell) {
  std::array<std::uint64_t, Cell::kBucketCount> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = cell.count_in(i);
  return counts;
}

using Counts = std::array<std::uint64_t, 4>;

TEST(HistogramCellTest, IsEmptyAtFirst) {
  EXPECT_EQ(counts_of(Cell()), (Counts{0, 0, 0, 0}));
  EXPECT_EQ(Cell().sum(), 0);
}

TEST(HistogramCellTest, AValueAtABoundIsBelowIt) {
  Cell cell;
  for (const double value : {1.0, 2.0, 4.0}) cell.observe(value);

  EXPECT_EQ(counts_of(cell), (Counts{1, 1, 1, 0}));
}

TEST(HistogramCellTest, AValuePastABoundIsInTheNextBucket) {
  Cell cell;
  for (const double bound : kBounds) cell.observe(std::nextafter(bound, std::numeric_limits<double>::infinity()));

  EXPECT_EQ(counts_of(cell), (Counts{0, 1, 1, 1}));
}

TEST(HistogramCellTest, TheFirstBucketTakesNothingAndLess) {
  Cell cell;
  cell.observe(0);
  cell.observe(-3);

  EXPECT_EQ(counts_of(cell), (Counts{2, 0, 0, 0}));
}

TEST(HistogramCellTest, TheLastBucketTakesWhatIsPastEveryBound) {
  Cell cell;
  cell.observe(1e9);

  EXPECT_EQ(counts_of(cell), (Counts{0, 0, 0, 1}));
}

TEST(HistogramCellTest, SumIsOfTheValuesThemselves) {
  Cell cell;
  for (const double value : {0.5, 1.5, 100.0}) cell.observe(value);

  EXPECT_EQ(cell.sum(), 102);
}

template <std::size_t kCount>
bool rises(const BucketBounds<kCount>& bounds) {
  for (std::size_t i = 1; i < kCount; ++i) {
    if (bounds[i] <= bounds[i - 1]) return false;
  }
  return bounds[0] > 0;
}

TEST(HistogramCellTest, EverySetOfBoundsRises) {
  EXPECT_TRUE(rises(kShortBounds));
  EXPECT_TRUE(rises(kLatencyBounds));
  EXPECT_TRUE(rises(kOperationBounds));
  EXPECT_TRUE(rises(kTokenBounds));
}

}  // namespace
}  // namespace balancer::gateway
