#include "common/metrics/metric_family.hpp"

#include <prometheus/text_serializer.h>

namespace balancer::metrics {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(MetricType type, std::string name, std::string help, const std::vector<Sample>& samples) {
  MetricFamily result;
  result.name = std::move(name);
  result.help = std::move(help);
  result.type = type;
  result.metric.reserve(samples.size());
  for (const Sample& sample : samples) {
    prometheus::ClientMetric& metric = result.metric.emplace_back();
    metric.label = sample.labels;
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = sample.value;
  }
  return result;
}

}  // namespace

MetricFamily counter(std::string name, std::string help, const std::vector<Sample>& samples) {
  return family(MetricType::Counter, std::move(name), std::move(help), samples);
}

MetricFamily gauge(std::string name, std::string help, const std::vector<Sample>& samples) {
  return family(MetricType::Gauge, std::move(name), std::move(help), samples);
}

MetricFamily counter(std::string name, std::string help, double value) {
  return counter(std::move(name), std::move(help), {Sample{.value = value}});
}

MetricFamily gauge(std::string name, std::string help, double value) {
  return gauge(std::move(name), std::move(help), {Sample{.value = value}});
}

std::string exposition(Families families) {
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace balancer::metrics
