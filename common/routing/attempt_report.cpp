#include "common/routing/attempt_report.hpp"

namespace balancer::routing {

std::string_view to_string(AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::kSuccess: return "success";
    case AttemptOutcome::kRequestFault: return "request_fault";
    case AttemptOutcome::kCredentialsRejected: return "credentials_rejected";
    case AttemptOutcome::kQuotaExhausted: return "quota_exhausted";
    case AttemptOutcome::kModelMissing: return "model_missing";
    case AttemptOutcome::kRateLimited: return "rate_limited";
    case AttemptOutcome::kTransient: return "transient";
    case AttemptOutcome::kTimeout: return "timeout";
    case AttemptOutcome::kTooLarge: return "too_large";
    case AttemptOutcome::kClientGone: return "client_gone";
    case AttemptOutcome::kNotSent: return "not_sent";
    case AttemptOutcome::kAnswering: return "answering";
  }
  return "unknown";
}

}  // namespace balancer::routing
