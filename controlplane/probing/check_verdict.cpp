#include "controlplane/probing/check_verdict.hpp"

#include <fmt/format.h>

#include "common/text/ascii.hpp"
#include "common/upstream/retry_after.hpp"

namespace balancer::controlplane {
namespace {

using routing::AttemptOutcome;

// The provider is a gateway that leads back here: its health is somebody else's.
constexpr int kLoopDetected = 508;

bool sends_credential(const Provider& provider) {
  return provider.authentication != ProviderAuthentication::kPassthrough && !provider.credential.empty();
}

AttemptOutcome get_outcome(int status, bool with_credential, bool names_delay) {
  switch (status) {
    case 401: case 403: return with_credential ? AttemptOutcome::kCredentialsRejected : AttemptOutcome::kSuccess;
    case 408: case 504: return AttemptOutcome::kTimeout;
    // Without a delay, a rate limit is thought to be one model's; a GET asks for none.
    case 429: return names_delay ? AttemptOutcome::kRateLimited : AttemptOutcome::kTransient;
    case kLoopDetected: return AttemptOutcome::kRequestFault;
    default: return status < 500 ? AttemptOutcome::kSuccess : AttemptOutcome::kTransient;
  }
}

AttemptOutcome request_outcome(const CheckAnswer& answer) {
  const int status = answer.status;
  switch (status) {
    case 401: case 403: return AttemptOutcome::kCredentialsRejected;
    case 402: return AttemptOutcome::kQuotaExhausted;
    case 404: return AttemptOutcome::kModelMissing;
    case 408: case 504: return AttemptOutcome::kTimeout;
    case 429: return AttemptOutcome::kRateLimited;
    case kLoopDetected: return AttemptOutcome::kRequestFault;
    default: break;
  }
  if (status >= 400 && status < 500) return AttemptOutcome::kRequestFault;
  const bool document = status >= 200 && status < 300 && ascii_istarts_with(answer.content_type, "application/json");
  return document ? AttemptOutcome::kSuccess : AttemptOutcome::kTransient;
}

}  // namespace

CheckVerdict judge_answer(const HealthCheck& check, const Provider& provider, const CheckAnswer& answer,
                          std::chrono::system_clock::time_point now) {
  const auto delay = parse_retry_after(answer.retry_after, now);
  CheckVerdict verdict{.outcome = check.model.empty()
                                      ? get_outcome(answer.status, sends_credential(provider), delay.has_value())
                                      : request_outcome(answer),
                       .status = answer.status,
                       .retry_delay = std::nullopt,
                       .detail = {}};
  if (verdict.outcome == AttemptOutcome::kSuccess) return verdict;
  verdict.retry_delay = delay;
  verdict.detail = answer.status < 300 ? "health check: not a JSON document"
                                       : fmt::format("health check: HTTP {}", answer.status);
  return verdict;
}

CheckVerdict judge_failure(const UpstreamFailure& failure) {
  return {.outcome = is_timeout(failure.kind) ? AttemptOutcome::kTimeout : AttemptOutcome::kTransient,
          .status = 0,
          .retry_delay = std::nullopt,
          .detail = fmt::format("health check: {}", failure.detail.empty() ? to_string(failure.kind)
                                                                           : std::string_view(failure.detail))};
}

}  // namespace balancer::controlplane
