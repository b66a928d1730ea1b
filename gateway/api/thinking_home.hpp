// Whose thinking a conversation's history is taken to hold.
#pragma once

#include <string_view>

#include "common/routing/attempt_plan.hpp"
#include "common/snapshot/snapshot.hpp"
#include "gateway/dialect/thinking_move.hpp"

namespace balancer::gateway {

// The plan's first provider of the anthropic type; null when it has none.
[[nodiscard]] inline const Provider* thinking_home(const routing::AttemptPlan& plan, const Snapshot& snapshot) {
  for (const routing::Candidate& candidate : plan.candidates) {
    const Provider& provider = snapshot.providers[candidate.provider];
    if (provider.type == ProviderType::kAnthropic) return &provider;
  }
  return nullptr;
}

// What a body from that home needs before it goes to `provider`.
[[nodiscard]] inline ThinkingMove move_from_home(const Provider* home, const Provider& provider,
                                                 std::string_view body) {
  if (home == nullptr || provider.type != ProviderType::kAnthropic) return ThinkingMove::kNothingToDo;
  return decide_thinking_move(home->signature_domain, provider.signature_domain, body);
}

}  // namespace balancer::gateway
