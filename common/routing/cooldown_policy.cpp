#include "common/routing/cooldown_policy.hpp"

#include <algorithm>

namespace balancer::routing {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr milliseconds kRateLimited = 10s;
constexpr milliseconds kCredentials = 5min;
constexpr milliseconds kCredentialsLimit = 10min;
constexpr milliseconds kQuota = 10min;
constexpr milliseconds kQuotaLimit = 1h;
constexpr milliseconds kModelMissing = 10min;
constexpr double kLargestJitter = 0.2;

milliseconds doubled(milliseconds base, unsigned times, milliseconds limit) {
  limit = std::max(base, limit);
  milliseconds result = base;
  for (unsigned i = 0; i < times && result < limit; ++i) result *= 2;
  return std::min(result, limit);
}

}  // namespace

FailureScope scope_of(AttemptOutcome outcome, bool names_delay) {
  if (outcome == AttemptOutcome::kModelMissing) return FailureScope::kModel;
  return outcome == AttemptOutcome::kRateLimited && !names_delay ? FailureScope::kModel : FailureScope::kProvider;
}

bool cools_at_once(AttemptOutcome outcome, bool names_delay) {
  switch (outcome) {
    case AttemptOutcome::kTransient:
    case AttemptOutcome::kTimeout:
      return names_delay;
    default:
      return true;
  }
}

milliseconds cooldown_of(const AttemptReport& report, unsigned earlier, double jitter, const CooldownSettings& settings) {
  const auto named = [&]() -> std::optional<milliseconds> {
    if (!report.retry_delay) return std::nullopt;
    return std::clamp<milliseconds>(*report.retry_delay, 0ms, std::max(settings.base, settings.limit));
  }();
  const auto own = [&](milliseconds base, milliseconds limit) {
    return std::chrono::duration_cast<milliseconds>(doubled(base, earlier, limit) * (1 + kLargestJitter * jitter));
  };
  switch (report.outcome) {
    // Whatever time the provider names: an empty account stays empty, a wrong key stays wrong.
    case AttemptOutcome::kQuotaExhausted: return own(kQuota, kQuotaLimit);
    case AttemptOutcome::kCredentialsRejected: return own(kCredentials, kCredentialsLimit);
    case AttemptOutcome::kModelMissing: return own(kModelMissing, kModelMissing);
    case AttemptOutcome::kRateLimited: return named.value_or(own(kRateLimited, settings.limit));
    default: return named.value_or(own(settings.base, settings.limit));
  }
}

}  // namespace balancer::routing
