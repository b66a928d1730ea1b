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

std::string_view outcome_name(v1::AttemptOutcome outcome) {
  switch (outcome) {
    case v1::ATTEMPT_OUTCOME_SUCCESS: return "success";
    case v1::ATTEMPT_OUTCOME_REQUEST_FAULT: return "request_fault";
    case v1::ATTEMPT_OUTCOME_CREDENTIALS_REJECTED: return "credentials_rejected";
    case v1::ATTEMPT_OUTCOME_QUOTA_EXHAUSTED: return "quota_exhausted";
    case v1::ATTEMPT_OUTCOME_MODEL_MISSING: return "model_missing";
    case v1::ATTEMPT_OUTCOME_RATE_LIMITED: return "rate_limited";
    case v1::ATTEMPT_OUTCOME_TRANSIENT: return "transient";
    case v1::ATTEMPT_OUTCOME_TIMEOUT: return "timeout";
    case v1::ATTEMPT_OUTCOME_TOO_LARGE: return "too_large";
    case v1::ATTEMPT_OUTCOME_CLIENT_GONE: return "client_gone";
    case v1::ATTEMPT_OUTCOME_NOT_SENT: return "not_sent";
    case v1::ATTEMPT_OUTCOME_ANSWERING: return "answering";
    default: return "unknown";
  }
}

std::string_view cache_name(v1::CacheOutcome outcome) {
  switch (outcome) {
    case v1::CACHE_OUTCOME_HIT: return "hit";
    case v1::CACHE_OUTCOME_MISS_LEAD: return "miss";
    case v1::CACHE_OUTCOME_JOIN: return "join";
    case v1::CACHE_OUTCOME_BYPASS: return "bypass";
    default: return "";
  }
}

}  // namespace balancer::controlplane::cli
