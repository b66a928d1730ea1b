// What the client is told when every attempt failed (protocol.md 5.5).
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "common/error/error.hpp"
#include "common/routing/attempt_report.hpp"

namespace balancer::gateway {

struct FailedAttempt {
  std::string provider;
  routing::AttemptOutcome outcome = routing::AttemptOutcome::kTransient;
  bool overloaded = false;
  std::optional<std::chrono::milliseconds> retry_delay;
  // For people; never a provider's own text.
  std::string detail;
};

struct FinalAnswer {
  Error error;
  // Whole seconds, for the header of that name.
  std::optional<std::int64_t> retry_after;
  // For x-should-retry: only set where the status alone would mislead clients.
  std::optional<bool> should_retry;
};

// At least one attempt. The message lists them all. `soonest_recovery` is when the first of those that were not tried,
// because they cool, may be tried. `everybody_cools`: there is no other left. While there is one, a failure that said
// nothing of limits or load is worth another try at once.
[[nodiscard]] FinalAnswer final_answer(std::span<const FailedAttempt> attempts,
                                       std::optional<std::chrono::milliseconds> soonest_recovery = std::nullopt,
                                       bool everybody_cools = false);

// What to add to a provider's own error, handed on while everybody cools, when it does not say by itself after how many
// seconds to come back. Nothing where waiting does not help.
[[nodiscard]] std::optional<std::int64_t> retry_after_outage(
    routing::AttemptOutcome outcome, std::optional<std::chrono::milliseconds> soonest_recovery);

}  // namespace balancer::gateway
