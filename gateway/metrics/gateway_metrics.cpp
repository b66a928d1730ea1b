#include "gateway/metrics/gateway_metrics.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "common/log/log.hpp"
#include "common/metrics/process_metrics.hpp"
#include "gateway/metrics/metric_labels.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxNames = 256;

// protocol.md 2.2 to 2.6.
constexpr auto kKnownFields = std::to_array<std::string_view>({
    "temperature", "top_p", "top_k", "stop_sequences", "speed", "service_tier", "context_management", "diagnostics",
    "billing_policy", "safeguards", "fallbacks", "betas", "cache_control", "thread", "image", "unknown_block",
    "tool_result.media", "tools.cache_control", "tools.input_examples", "tools.allowed_callers",
    "tools.eager_input_streaming", "tools.defer_loading", "tools.deferred", "tools.web_search", "tools.web_fetch",
    "tools.code_execution", "tools.advisor", "tools.tool_search", kOtherLabel,
});

// Without certificates: no series.
void add_certificate_expiries(const GatewayMetrics::Sources& sources, metrics::Families& families) {
  std::vector<metrics::Sample> samples;
  const auto add = [&samples](const char* use, const std::optional<std::chrono::sys_seconds>& expiry) {
    if (!expiry) return;
    samples.push_back({.value = static_cast<double>(expiry->time_since_epoch().count()), .labels = {{"use", use}}});
  };
  if (sources.certificate_expiries) {
    const GatewayMetrics::CertificateExpiries expiries = sources.certificate_expiries();
    add("listener", expiries.listener);
    add("control_plane", expiries.control_plane);
  }
  families.push_back(metrics::gauge("balancer_gateway_tls_certificate_expiry_timestamp_seconds",
                                    "When the TLS certificate in use ends, in seconds since 1970.", samples));
}

void add_process_state(const GatewayMetrics::Sources& sources, metrics::Families& families) {
  const auto number = [](const auto& source) { return source ? static_cast<double>(source()) : 0.0; };
  families.push_back(metrics::gauge("balancer_gateway_build_info", "Always 1; says which version runs.",
                                    {metrics::Sample{.value = 1, .labels = {{"version", BALANCER_VERSION}}}}));
  families.push_back(metrics::gauge("balancer_gateway_control_plane_connected", "1 while the control plane answers.",
                                    number(sources.control_plane_connected)));
  families.push_back(metrics::gauge("balancer_gateway_draining", "1 while the gateway is out of rotation.",
                                    number(sources.draining)));
  families.push_back(metrics::gauge("balancer_gateway_snapshot_version", "Version of the configuration in use.",
                                    number(sources.snapshot_version)));
  families.push_back(metrics::counter("balancer_gateway_config_rejected_total",
                                      "Configurations of the control plane that were refused; the former one stays in use.",
                                      number(sources.configs_rejected)));
  families.push_back(metrics::counter("balancer_gateway_log_lines_dropped_total",
                                      "Log lines lost because they could not be written, or not fast enough.",
                                      static_cast<double>(log::dropped_line_count())));
  families.push_back(metrics::counter("balancer_gateway_spans_exported_total", "Spans that a collector took.",
                                      number(sources.spans_exported)));
  families.push_back(metrics::counter("balancer_gateway_spans_dropped_total", "Spans that no collector took in time.",
                                      number(sources.spans_dropped)));
}

}  // namespace

GatewayMetrics::GatewayMetrics() : GatewayMetrics(Sources()) {}

GatewayMetrics::GatewayMetrics(Sources sources) : sources_(std::move(sources)) {
  auto& family = prometheus::BuildCounter()
                     .Name("balancer_gateway_dropped_fields_total")
                     .Help("Fields and hints of requests that a converted provider has no use for.")
                     .Register(registry_);
  for (const std::string_view field : kKnownFields) {
    dropped_fields_.emplace(field, &family.Add({{"field", std::string(field)}}));
  }
  auto& outcomes = prometheus::BuildCounter()
                       .Name("balancer_gateway_cache_outcomes_total")
                       .Help("Messages requests by where their answer came from.")
                       .Register(registry_);
  for (std::size_t i = 0; i < kCacheOutcomeCount; ++i) {
    const std::string_view name = to_string(static_cast<CacheOutcome>(i));
    cache_outcomes_[i] = &outcomes.Add({{"outcome", std::string(name)}});
  }
  auto& saved = prometheus::BuildCounter()
                    .Name("balancer_gateway_saved_tokens_total")
                    .Help("Tokens of answers that were shared instead of being asked for again.")
                    .Register(registry_);
  saved_input_tokens_ = &saved.Add({{"type", "input"}});
  saved_output_tokens_ = &saved.Add({{"type", "output"}});
}

void GatewayMetrics::count_cache_outcome(CacheOutcome outcome) {
  cache_outcomes_[static_cast<std::size_t>(outcome)]->Increment();
}

void GatewayMetrics::count_saved_tokens(std::int64_t input, std::int64_t output) {
  // A counter takes no negative numbers, and providers say what they like.
  saved_input_tokens_->Increment(static_cast<double>(std::max<std::int64_t>(input, 0)));
  saved_output_tokens_->Increment(static_cast<double>(std::max<std::int64_t>(output, 0)));
}

void GatewayMetrics::count_dropped_field(std::string_view name) {
  const auto known = dropped_fields_.find(name);
  (known != dropped_fields_.end() ? known : dropped_fields_.find(kOtherLabel))->second->Increment();
}

bool GatewayMetrics::first_time_dropped(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return dropped_names_.size() < kMaxNames && dropped_names_.emplace(name).second;
}

RequestMetrics& GatewayMetrics::make_request_metrics() {
  const std::lock_guard lock(mutex_);
  return *shards_.emplace_back(std::make_unique<RequestMetrics>());
}

std::int64_t GatewayMetrics::open_request_count() const {
  const std::lock_guard lock(mutex_);
  std::int64_t count = 0;
  for (const auto& shard : shards_) count += shard->open_request_count();
  return count;
}

std::int64_t GatewayMetrics::open_stream_count() const {
  const std::lock_guard lock(mutex_);
  std::int64_t count = 0;
  for (const auto& shard : shards_) count += shard->open_stream_count();
  return count;
}

metrics::Families GatewayMetrics::collect() const {
  metrics::Families families = registry_.Collect();
  {
    const std::lock_guard lock(mutex_);
    RequestMetrics::collect(shards_, families);
  }
  add_process_state(sources_, families);
  add_certificate_expiries(sources_, families);
  return families;
}

std::string GatewayMetrics::exposition() const {
  metrics::Families families = collect();
  metrics::add_process_metrics(families);
  return metrics::exposition(std::move(families));
}

}  // namespace balancer::gateway
