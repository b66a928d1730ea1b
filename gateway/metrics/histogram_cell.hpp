// One histogram's counts, as one thread observes: see SeriesShard.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace balancer::gateway {

// Upper bounds of the buckets, rising; the last bucket, without one, is implied.
template <std::size_t kCount>
using BucketBounds = std::array<double, kCount>;

// From tenths of a millisecond, for what the gateway itself takes.
inline constexpr BucketBounds<14> kShortBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                               0.025,  0.05,    0.1,    0.25,  0.5,    1,     2.5};
// For what clients and providers take.
inline constexpr BucketBounds<14> kLatencyBounds{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};
// OpenTelemetry's GenAI conventions name these two.
inline constexpr BucketBounds<14> kOperationBounds{0.01, 0.02, 0.04, 0.08, 0.16,  0.32,  0.64,
                                                   1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
inline constexpr BucketBounds<14> kTokenBounds{1,     4,      16,      64,      256,      1024,     4096,
                                               16384, 65536,  262144,  1048576, 4194304,  16777216, 67108864};

template <const auto& kBounds>
class HistogramCell {
 public:
  static constexpr std::size_t kBucketCount = kBounds.size() + 1;

  void observe(double value) {
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), value);
    std::atomic<std::uint64_t>& bucket = buckets_[static_cast<std::size_t>(bound - kBounds.begin())];
    bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    sum_.store(sum_.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t count_in(std::size_t bucket) const {
    return buckets_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, kBucketCount> buckets_{};
  std::atomic<double> sum_{0};
};

}  // namespace balancer::gateway
