// Why a provider ended its answer (protocol.md 3.3).
#pragma once

#include <string_view>

namespace balancer::gateway {

enum class FinishReason {
  // Also for names that nobody here knows.
  kStop,
  kToolCalls,
  kLength,
  kContextWindow,
  kFiltered,
  // The provider gave up.
  kOverloaded,
  kError,
};

[[nodiscard]] FinishReason finish_reason(std::string_view name);

}  // namespace balancer::gateway
