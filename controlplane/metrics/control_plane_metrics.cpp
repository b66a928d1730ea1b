#include "controlplane/metrics/control_plane_metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace balancer::controlplane {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Sample {
  std::int64_t value = 0;
  std::vector<ClientMetric::Label> labels{};
};

MetricFamily family(MetricType type, std::string name, std::string help, const std::vector<Sample>& samples) {
  MetricFamily result;
  result.name = std::move(name);
  result.help = std::move(help);
  result.type = type;
  for (const Sample& sample : samples) {
    ClientMetric& metric = result.metric.emplace_back();
    metric.label = sample.labels;
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = static_cast<double>(sample.value);
  }
  return result;
}

MetricFamily counter(std::string name, std::string help, std::vector<Sample> samples) {
  return family(MetricType::Counter, std::move(name), std::move(help), samples);
}

MetricFamily gauge(std::string name, std::string help, std::int64_t value) {
  return family(MetricType::Gauge, std::move(name), std::move(help), {{.value = value}});
}

void add_cache(const CacheStats& stats, std::vector<MetricFamily>& families) {
  families.push_back(gauge("balancer_controlplane_cache_entries", "Stored answers.", stats.entry_count));
  families.push_back(gauge("balancer_controlplane_cache_bytes", "Memory that stored answers take.", stats.byte_count));
  families.push_back(gauge("balancer_controlplane_cache_limit_bytes", "Memory that stored answers may take.",
                           stats.byte_limit));
  families.push_back(gauge("balancer_controlplane_leads", "Answers under way that other requests may join.",
                           stats.lead_count));
  families.push_back(counter("balancer_controlplane_cache_hits_total", "Requests that a stored answer was there for.",
                             {{.value = stats.hit_count}}));
  families.push_back(counter("balancer_controlplane_cache_misses_total",
                             "Requests that could have been answered with a stored answer, and were not.",
                             {{.value = stats.miss_count}}));
  families.push_back(counter("balancer_controlplane_joins_total",
                             "Requests answered with the answer of another one that was under way.",
                             {{.value = stats.join_count}}));
  families.push_back(counter("balancer_controlplane_cache_stored_total", "Answers that were stored.",
                             {{.value = stats.stored_count}}));
  families.push_back(counter("balancer_controlplane_cache_removed_total", "Stored answers that were removed, by reason.",
                             {{.value = stats.evicted_count, .labels = {{"reason", "evicted"}}},
                              {.value = stats.expired_count, .labels = {{"reason", "expired"}}},
                              {.value = stats.flushed_count, .labels = {{"reason", "flushed"}}}}));
  families.push_back(counter("balancer_controlplane_saved_tokens_total",
                             "Tokens of answers that were shared instead of being asked for again.",
                             {{.value = stats.saved_input_token_count, .labels = {{"type", "input"}}},
                              {.value = stats.saved_output_token_count, .labels = {{"type", "output"}}}}));
}

}  // namespace

ControlPlaneMetrics::ControlPlaneMetrics(Sources sources) : sources_(std::move(sources)) {}

std::string ControlPlaneMetrics::exposition() const {
  std::vector<MetricFamily> families;
  add_cache(sources_.cache(), families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace balancer::controlplane
