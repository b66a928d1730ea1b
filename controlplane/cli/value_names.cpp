#include "controlplane/cli/value_names.hpp"

namespace balancer::controlplane::cli {

std::string_view type_name(v1::ProviderType type) {
  switch (type) {
    case v1::PROVIDER_TYPE_ANTHROPIC: return "anthropic";
    case v1::PROVIDER_TYPE_OPENAI: return "openai";
    default: return "unknown";
  }
}

std::string_view state_name(v1::ProviderState state) {
  switch (state) {
    case v1::PROVIDER_STATE_HEALTHY: return "healthy";
    case v1::PROVIDER_STATE_COOLING: return "cooling";
    case v1::PROVIDER_STATE_DISABLED: return "disabled";
    default: return "unknown";
  }
}

std::string_view strategy_name(v1::SelectionStrategy strategy) {
  switch (strategy) {
    case v1::SELECTION_STRATEGY_PRIORITY: return "priority";
    case v1::SELECTION_STRATEGY_ROUND_ROBIN: return "round_robin";
    case v1::SELECTION_STRATEGY_RANDOM: return "random";
    case v1::SELECTION_STRATEGY_WEIGHTED: return "weighted";
    case v1::SELECTION_STRATEGY_LEAST_LATENCY: return "least_latency";
    default: return "unknown";
  }
}

std::string_view verdict_name(v1::TargetVerdict verdict) {
  switch (verdict) {
    case v1::TARGET_VERDICT_USABLE: return "usable";
    case v1::TARGET_VERDICT_DISABLED: return "disabled";
    case v1::TARGET_VERDICT_NOT_PINNED: return "not_pinned";
    case v1::TARGET_VERDICT_COOLING: return "cooling";
    case v1::TARGET_VERDICT_PROBE_DUE: return "probe_due";
    case v1::TARGET_VERDICT_BUSY: return "busy";
    case v1::TARGET_VERDICT_WARMING: return "warming";
    default: return "unknown";
  }
}

}  // namespace balancer::controlplane::cli
