// The threads' shards of one metric, added up.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/metrics/histogram_cell.hpp"
#include "gateway/metrics/series_shard.hpp"

namespace balancer::gateway {

template <std::size_t kLabels>
struct MetricName {
  std::string_view name;
  std::string_view help;
  std::array<std::string_view, kLabels> labels;
};

// An empty label value is no label.
template <std::size_t kLabels>
std::vector<prometheus::ClientMetric::Label> labels_of(const MetricName<kLabels>& metric,
                                                       const std::array<std::string, kLabels>& values) {
  std::vector<prometheus::ClientMetric::Label> labels;
  for (std::size_t i = 0; i < kLabels; ++i) {
    if (!values[i].empty()) labels.push_back({std::string(metric.labels[i]), values[i]});
  }
  return labels;
}

// `shard_of(Shard)` is the shard of this metric in each of `shards`, any range of pointers.
template <std::size_t kLabels, class Shards, class ShardOf>
prometheus::MetricFamily merged_numbers(prometheus::MetricType type, const MetricName<kLabels>& metric,
                                        const Shards& shards, ShardOf&& shard_of) {
  std::map<std::array<std::string, kLabels>, double> sums;
  for (const auto& shard : shards) {
    shard_of(*shard).for_each([&](const auto& labels, const NumberCell& cell) { sums[labels] += cell.value(); });
  }
  prometheus::MetricFamily family{std::string(metric.name), std::string(metric.help), type, {}};
  for (const auto& [values, sum] : sums) {
    prometheus::ClientMetric& series = family.metric.emplace_back();
    series.label = labels_of(metric, values);
    (type == prometheus::MetricType::Counter ? series.counter.value : series.gauge.value) = sum;
  }
  return family;
}

template <const auto& kBounds, std::size_t kLabels, class Shards, class ShardOf>
prometheus::MetricFamily merged_histogram(const MetricName<kLabels>& metric, const Shards& shards,
                                          ShardOf&& shard_of) {
  using Cell = HistogramCell<kBounds>;
  struct Sum {
    std::array<std::uint64_t, Cell::kBucketCount> counts{};
    double sum = 0;
  };
  std::map<std::array<std::string, kLabels>, Sum> sums;
  for (const auto& shard : shards) {
    shard_of(*shard).for_each([&](const auto& labels, const Cell& cell) {
      Sum& into = sums[labels];
      for (std::size_t i = 0; i < Cell::kBucketCount; ++i) into.counts[i] += cell.count_in(i);
      into.sum += cell.sum();
    });
  }
  prometheus::MetricFamily family{std::string(metric.name), std::string(metric.help),
                                  prometheus::MetricType::Histogram, {}};
  for (const auto& [values, sum] : sums) {
    prometheus::ClientMetric& series = family.metric.emplace_back();
    series.label = labels_of(metric, values);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < Cell::kBucketCount; ++i) {
      count += sum.counts[i];
      const double bound = i < kBounds.size() ? kBounds[i] : std::numeric_limits<double>::infinity();
      series.histogram.bucket.push_back({count, bound});
    }
    series.histogram.sample_count = count;
    series.histogram.sample_sum = sum.sum;
  }
  return family;
}

}  // namespace balancer::gateway
