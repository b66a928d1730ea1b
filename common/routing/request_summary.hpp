// What is told of one client request when it has ended: for people, who want to know where it went and how it was.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/routing/attempt_report.hpp"
#include "common/routing/cache_outcome.hpp"

namespace balancer::routing {

struct AttemptSummary {
  std::string provider;
  std::string upstream_model;
  AttemptOutcome outcome = AttemptOutcome::kSuccess;
  // 0 when there was none.
  int status = 0;
  // A short phrase for people; never provider text.
  std::string detail;
  std::chrono::microseconds total_time{0};
};

struct RequestSummary {
  // Empty for a request that is only counted: nothing but its status and its outcome is told then.
  std::string request_id;
  // As the client sent it.
  std::string model;
  // Configured name of the client's key; empty for none.
  std::string caller;
  // The pattern that matched; empty when none did.
  std::string route;
  bool stream = false;
  // Nothing for a request that was refused before it was looked for.
  std::optional<CacheOutcome> cache;
  // As the client was sent it; 499 for a client that left before.
  int status = 0;
  AttemptOutcome outcome = AttemptOutcome::kSuccess;
  std::chrono::microseconds total_time{0};
  std::optional<std::chrono::microseconds> time_to_first_byte;
  // Whose answer it got; empty when nobody's.
  std::string provider;
  std::string upstream_model;
  // What that provider calls its answer; clients of Anthropic's kind of providers see it as the request-id.
  std::string upstream_request_id;
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
  std::vector<AttemptSummary> attempts;
  // Planned by the gateway itself, because no control plane answered in time.
  bool planned_by_gateway = false;
  // What the gateway's own error answer said; empty when the answer was a provider's.
  std::string error;
};

// Requests that are told of in numbers alone.
struct RequestTally {
  int status = 0;
  AttemptOutcome outcome = AttemptOutcome::kSuccess;
  std::int64_t request_count = 0;
};

}  // namespace balancer::routing
