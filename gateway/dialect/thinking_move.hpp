// Whether a request may go to a provider that cannot verify the thinking in its history (protocol.md 2.7): failover from
// one signature domain to another.
#pragma once

#include <string_view>

namespace balancer::gateway {

enum class ThinkingMove {
  // The body goes as it would go to any provider.
  kNothingToDo,
  // It goes without its thinking blocks (find_all_thinking).
  kRemove,
  // It must not go: models that want a thinking block before a tool call would refuse it without, and the provider
  // would refuse it with them.
  kImpossible,
};

// For an attempt at a provider of the anthropic type in `domain`, when the plan's first of that type is in
// `first_domain`. The body is looked at only if they differ; it is followed by at least 64 readable bytes. One that is
// malformed needs nothing: it is the provider's to refuse.
[[nodiscard]] ThinkingMove decide_thinking_move(std::string_view first_domain, std::string_view domain,
                                                std::string_view body);

}  // namespace balancer::gateway
