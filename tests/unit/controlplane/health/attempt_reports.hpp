// Reports in short, for tests of the health model.
#pragma once

#include <chrono>
#include <string>

#include "common/routing/attempt_report.hpp"

namespace balancer::controlplane {

// `took` is how long the attempt lasted: it began so long before it is recorded.
inline routing::AttemptReport report(routing::AttemptOutcome outcome, std::chrono::microseconds took = {}) {
  routing::AttemptReport made;
  made.upstream_model = "m";
  made.outcome = outcome;
  made.total_time = took;
  return made;
}

inline routing::AttemptReport success(std::chrono::microseconds took = {}) {
  return report(routing::AttemptOutcome::kSuccess, took);
}

inline routing::AttemptReport transient(std::chrono::microseconds took = {}) {
  return report(routing::AttemptOutcome::kTransient, took);
}

inline routing::AttemptReport rate_limited(std::chrono::milliseconds retry_delay, std::chrono::microseconds took = {}) {
  routing::AttemptReport made = report(routing::AttemptOutcome::kRateLimited, took);
  made.retry_delay = retry_delay;
  return made;
}

inline routing::AttemptReport of_model(routing::AttemptReport made, std::string model) {
  made.upstream_model = std::move(model);
  return made;
}

}  // namespace balancer::controlplane
