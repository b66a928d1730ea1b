// How one attempt at one provider ended: what a gateway tells the control plane, in the one taxonomy of failures
// (protocol.md 5.5). The gateway's upstream/upstream_outcome classifies; nobody else does.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace balancer::routing {

enum class AttemptOutcome {
  kSuccess,
  // The request's own fault: says nothing about the provider.
  kRequestFault,
  kCredentialsRejected,
  kQuotaExhausted,
  kModelMissing,
  kRateLimited,
  // 5xx, overload, resets, unusable answers.
  kTransient,
  kTimeout,
  kTooLarge,
  // The client went away: says nothing about the provider.
  kClientGone,
  // The candidate was passed over: nothing was sent, and nothing is known.
  kNotSent,
  // Of a probe: the answer has begun well. The report of its end follows.
  kAnswering,
};

// True if the outcome speaks against the provider, or against one model of it (see cooldown_policy.hpp).
[[nodiscard]] constexpr bool is_provider_failure(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::kSuccess:
    case AttemptOutcome::kRequestFault:
    case AttemptOutcome::kTooLarge:
    case AttemptOutcome::kClientGone:
    case AttemptOutcome::kNotSent:
    case AttemptOutcome::kAnswering:
      return false;
    default:
      return true;
  }
}

// The lower-case name that logs and metrics use, e.g. "rate_limited".
[[nodiscard]] std::string_view to_string(AttemptOutcome outcome);

struct AttemptReport {
  // Configured name.
  std::string provider;
  // As sent upstream.
  std::string upstream_model;
  AttemptOutcome outcome = AttemptOutcome::kSuccess;
  // The provider's HTTP status; 0 when there was none.
  int status = 0;
  // The provider's Retry-After, as a delay.
  std::optional<std::chrono::milliseconds> retry_delay;
  std::optional<std::chrono::microseconds> time_to_first_byte;
  std::chrono::microseconds total_time{0};
  // How long ago it ended: reports may have waited for a connection.
  std::chrono::microseconds age{0};
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
  std::int64_t response_byte_count = 0;
  bool probe = false;
  // A short phrase for people ("connect refused", "HTTP 529"); never provider text.
  std::string detail;
  // The provider that the gateway moves on to; empty when it does not.
  std::string next_provider;
  // Of a success of another than the plan's first candidate: the session that stays with it now, and the plan's route.
  std::string session_key;
  std::string route;
};

}  // namespace balancer::routing
