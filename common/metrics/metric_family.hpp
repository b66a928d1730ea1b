// Metrics whose values are known elsewhere and read when they are asked for, in the data model of prometheus-cpp.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace balancer::metrics {

using Families = std::vector<prometheus::MetricFamily>;

struct Sample {
  double value = 0;
  std::vector<prometheus::ClientMetric::Label> labels{};
};

[[nodiscard]] prometheus::MetricFamily counter(std::string name, std::string help, const std::vector<Sample>& samples);
[[nodiscard]] prometheus::MetricFamily gauge(std::string name, std::string help, const std::vector<Sample>& samples);
// One series without labels.
[[nodiscard]] prometheus::MetricFamily counter(std::string name, std::string help, double value);
[[nodiscard]] prometheus::MetricFamily gauge(std::string name, std::string help, double value);

// The text exposition format, and its content type. A family without a series is left out.
[[nodiscard]] std::string exposition(Families families);
inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace balancer::metrics
