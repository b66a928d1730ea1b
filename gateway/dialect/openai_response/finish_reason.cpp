#include "gateway/dialect/openai_response/finish_reason.hpp"

#include <array>
#include <utility>

namespace balancer::gateway {
namespace {

constexpr auto kReasons = std::to_array<std::pair<std::string_view, FinishReason>>({
    {"tool_calls", FinishReason::kToolCalls},
    {"function_call", FinishReason::kToolCalls},
    {"length", FinishReason::kLength},
    {"max_tokens", FinishReason::kLength},
    {"model_length", FinishReason::kLength},
    {"content_filter", FinishReason::kFiltered},
    {"sensitive", FinishReason::kFiltered},
    {"safety", FinishReason::kFiltered},
    {"recitation", FinishReason::kFiltered},
    {"model_context_window_exceeded", FinishReason::kContextWindow},
    {"insufficient_system_resource", FinishReason::kOverloaded},
    {"error", FinishReason::kError},
    {"network_error", FinishReason::kError},
});

}  // namespace

FinishReason finish_reason(std::string_view name) {
  for (const auto& [known, reason] : kReasons) {
    if (name == known) return reason;
  }
  if (name.starts_with("context_length")) return FinishReason::kContextWindow;
  if (name.starts_with("repetition")) return FinishReason::kError;
  return FinishReason::kStop;
}

}  // namespace balancer::gateway
