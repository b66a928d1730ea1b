#include "gateway/upstream/sign_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

// Errors say at once what they are. Expressions that count far and wide take microseconds a byte of text made for them.
constexpr std::size_t kSearchedBytes = 8 * 1024;
constexpr int kFirstErrorStatus = 400;

bool may_become_failure(const UpstreamOutcome& outcome) {
  return outcome.kind == AttemptOutcome::kRequestFault || outcome.kind == AttemptOutcome::kTooLarge;
}

UpstreamOutcome as_failure(UpstreamOutcome outcome, std::string_view sign) {
  outcome.kind = AttemptOutcome::kTransient;
  outcome.detail += sign;
  return outcome;
}

}  // namespace

bool is_listed(int status, const UnhealthySigns& signs) {
  return std::find(signs.statuses.begin(), signs.statuses.end(), status) != signs.statuses.end();
}

UpstreamOutcome listed_answer(int status) {
  UpstreamOutcome outcome = success(status);
  outcome.detail = fmt::format("HTTP {}", status);
  return as_failure(std::move(outcome), ", listed as unhealthy");
}

UpstreamOutcome heed_answer_signs(UpstreamOutcome outcome, const ErrorAnswer& answer, std::string_view body,
                                  const UnhealthySigns& signs) {
  if (!may_become_failure(outcome) || says_context_overflow(answer) || says_loop(answer)) return outcome;
  if (is_listed(answer.status, signs)) return as_failure(std::move(outcome), ", listed as unhealthy");
  if (answer.status >= kFirstErrorStatus && signs.body_patterns.found_in(body.substr(0, kSearchedBytes))) {
    return as_failure(std::move(outcome), ", with a body listed as unhealthy");
  }
  return outcome;
}

UpstreamOutcome heed_connection_signs(UpstreamOutcome outcome, const UnhealthySigns& signs) {
  if (outcome.status != 0 || !may_become_failure(outcome)) return outcome;
  if (!signs.exception_patterns.found_in(outcome.detail)) return outcome;
  return as_failure(std::move(outcome), ", listed as unhealthy");
}

}  // namespace balancer::gateway
