// Where an answer came from, as headers, records and metrics name it.
#pragma once

#include <cstddef>
#include <string_view>

namespace balancer {

enum class CacheOutcome {
  // Out of the response cache.
  kHit,
  // It was made for this request, and could be shared.
  kMiss,
  // It was made for another request, which asked the same at the same time.
  kJoin,
  // It was made for this request alone.
  kBypass,
};
inline constexpr std::size_t kCacheOutcomeCount = 4;

[[nodiscard]] constexpr std::string_view to_string(CacheOutcome outcome) {
  switch (outcome) {
    case CacheOutcome::kHit: return "hit";
    case CacheOutcome::kMiss: return "miss";
    case CacheOutcome::kJoin: return "join";
    case CacheOutcome::kBypass: return "bypass";
  }
  return "bypass";
}

}  // namespace balancer
