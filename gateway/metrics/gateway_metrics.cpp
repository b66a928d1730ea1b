#include "gateway/metrics/gateway_metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
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
  (known != dropped_fields_.end() ? known : dropped_fields_.find(kOther))->second->Increment();
}

bool GatewayMetrics::first_time_dropped(std::string_view name) {
  const std::lock_guard lock(mutex_);
  return dropped_names_.size() < kMaxNames && dropped_names_.emplace(name).second;
}

std::string GatewayMetrics::exposition() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

}  // namespace balancer::gateway
