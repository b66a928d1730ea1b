// The written lists of what does not count when two requests are compared. All that is not named here counts: what a
// provider is sent and a cache does not look at is how caches are poisoned (promises.md T44).
#pragma once

#include <string_view>

#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// In any letter case. Credentials, and what a proxy in front of the gateway says of the user, are not volatile although no
// provider may ever see them: they tell callers apart when clients are not authenticated.
[[nodiscard]] bool is_volatile_header(std::string_view name);

// How a member of the body's top level counts.
enum class MemberRule {
  kCounts,
  kLeftOut,
  // That it is there counts, but not which value it has.
  kPresenceCounts,
  // But for the session that its user_id names.
  kMetadata,
  // Schemas stand in its members named "schema".
  kOutputFormat,
};

[[nodiscard]] MemberRule rule_of(const JsonField& member, bool include_max_tokens);

}  // namespace balancer::gateway
