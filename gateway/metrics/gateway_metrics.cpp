#include "gateway/metrics/gateway_metrics.hpp"

#include <prometheus/text_serializer.h>

#include <array>
#include <string_view>

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxNames = 256;
constexpr std::string_view kOther = "other";

// protocol.md 2.2 to 2.6.
constexpr auto kKnownFields = std::to_array<std::string_view>({
    "temperature", "top_p", "top_k", "stop_sequences", "speed", "service_tier", "context_management", "diagnostics",
    "billing_policy", "safeguards", "fallbacks", "betas", "cache_control", "thread", "image", "unknown_block",
    "tool_result.media", "tools.cache_control", "tools.input_examples", "tools.allowed_callers",
    "tools.eager_input_streaming", "tools.defer_loading", "tools.deferred", "tools.web_search", "tools.web_fetch",
    "tools.code_execution", "tools.advisor", "tools.tool_search", kOther,
});

}  // namespace

GatewayMetrics::GatewayMetrics() {
  auto& family = prometheus::BuildCounter()
                     .Name("balancer_gateway_dropped_fields_total")
                     .Help("Fields and hints of requests that a converted provider has no use for.")
                     .Register(registry_);
  for (const std::string_view field : kKnownFields) {
    dropped_fields_.emplace(field, &family.Add({{"field", std::string(field)}}));
  }
}

void GatewayMetrics::count_dropped_field(std::string_view name) {
  const auto known = dropped_fields_.find(name);
  (known != dropped_fields_.end() ? known : dropped_fields_.find(kOther))->second->Increment();
}

bool GatewayMetrics::first_time_dropped(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return dropped_names_.size() < kMaxNames && dropped_names_.emplace(name).second;
}

std::string GatewayMetrics::exposition() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

}  // namespace balancer::gateway
