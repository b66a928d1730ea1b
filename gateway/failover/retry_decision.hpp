// Is it worth another try (protocol.md 5.5)? No I/O, no timers, no clock.
#pragma once

#include "common/routing/attempt_report.hpp"

namespace balancer::gateway {

enum class RetryDecision {
  // The client gets this very answer.
  kDeliver,
  kTryNext,
  // No candidate, attempt or time is left.
  kGiveUp,
};

struct RetryState {
  unsigned attempts_made = 0;
  unsigned attempt_limit = 4;
  std::size_t candidates_left = 0;
  bool deadline_passed = false;
  // Attempts that a provider let time out after it had the whole request: it may work on it, and bill it, even so.
  unsigned read_timeouts = 0;
};

// For an attempt that ended before anything reached the client.
[[nodiscard]] RetryDecision decide_retry(routing::AttemptOutcome outcome, const RetryState& state);

}  // namespace balancer::gateway
