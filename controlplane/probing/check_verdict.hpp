// What the answer to a health check says about the provider, in the taxonomy of attempts (protocol.md 5.5).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/routing/attempt_report.hpp"
#include "common/snapshot/provider.hpp"
#include "common/upstream/upstream_failure.hpp"
#include "controlplane/config/config.hpp"

namespace balancer::controlplane {

// Read to its end. The views are only read during the call.
struct CheckAnswer {
  int status = 0;
  std::string_view retry_after;
  std::string_view content_type;
};

struct CheckVerdict {
  routing::AttemptOutcome outcome = routing::AttemptOutcome::kSuccess;
  // The provider's; 0 when there was none.
  int status = 0;
  std::optional<std::chrono::milliseconds> retry_delay;
  // A short phrase for people; never the provider's own text. Empty for a success.
  std::string detail;
};

// Whoever answers a GET is up, be it with 404, but for refusals that a request would meet as well: of the credential,
// if one was sent; for too many requests; 408 and 5xx. A request for one token must get a JSON document of status 2xx.
// 508 says nothing of the provider: the check has come back to where it was sent from (common/http/loop_guard.hpp).
// `now` is for a Retry-After given as a date.
[[nodiscard]] CheckVerdict judge_answer(const HealthCheck& check, const Provider& provider, const CheckAnswer& answer,
                                        std::chrono::system_clock::time_point now);

// The wire gave no usable answer; not for kCancelled.
[[nodiscard]] CheckVerdict judge_failure(const UpstreamFailure& failure);

}  // namespace balancer::controlplane
