#include "gateway/upstream/upstream_outcome.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ctime>

#include "common/text/ascii.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

bool contains(std::string_view text, std::string_view part) {
  return ascii_lower(text).find(part) != std::string::npos;
}

// Spend limits come as 400, 402 or 429, depending on who set them (protocol.md appendix B).
bool says_quota_exhausted(const ErrorAnswer& answer) {
  if (answer.status == 402 || answer.error_type == "billing_error") return true;
  if (answer.status == 400) return contains(answer.error_message, "credit balance is too low");
  if (answer.status != 429) return false;
  constexpr auto kCodes = std::to_array<std::string_view>(
      {"insufficient_quota", "billing_hard_limit_reached", "enforced_spend_limit_reached",
       "contract_spend_limit_reached"});
  for (const std::string_view code : kCodes) {
    if (answer.detail_code == code || answer.error_type == code) return true;
  }
  return false;
}

AttemptOutcome kind_of(const ErrorAnswer& answer) {
  if (says_quota_exhausted(answer)) return AttemptOutcome::kQuotaExhausted;
  switch (answer.status) {
    case 400: case 422: return AttemptOutcome::kRequestFault;
    case 401: case 403: return AttemptOutcome::kCredentialsRejected;
    case 404:
      return answer.detail_code == "thread_not_found" ? AttemptOutcome::kRequestFault : AttemptOutcome::kModelMissing;
    case 413: return AttemptOutcome::kTooLarge;
    case 429: return AttemptOutcome::kRateLimited;
    case 408: case 504: return AttemptOutcome::kTimeout;
    default: return AttemptOutcome::kTransient;
  }
}

bool says_overloaded(int status, std::string_view error_type) {
  return status == 529 || status == 503 || status == 498 || error_type == "overloaded_error";
}

// Only names of our own list reach logs and pages.
std::string_view known_type(std::string_view type) {
  constexpr auto kTypes = std::to_array<std::string_view>(
      {"invalid_request_error", "authentication_error", "billing_error", "permission_error", "not_found_error",
       "request_too_large", "rate_limit_error", "timeout_error", "conflict_error", "api_error", "overloaded_error"});
  for (const std::string_view known : kTypes) {
    if (type == known) return known;
  }
  return {};
}

int status_of_type(std::string_view type) {
  if (type == "invalid_request_error") return 400;
  if (type == "authentication_error") return 401;
  if (type == "billing_error") return 402;
  if (type == "permission_error") return 403;
  if (type == "not_found_error") return 404;
  if (type == "request_too_large") return 413;
  if (type == "rate_limit_error") return 429;
  if (type == "timeout_error") return 504;
  if (type == "overloaded_error") return 529;
  return 500;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value,
                                                           std::chrono::system_clock::time_point now) {
  value = trim_blanks(value);
  if (value.empty()) return std::nullopt;
  constexpr double kLongest = 7 * 24 * 3600;
  double seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && end == value.data() + value.size()) {
    if (!(seconds >= 0)) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, kLongest) * 1000));
  }
  std::tm date{};
  const std::string text(value);
  const char* const rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const auto delay = std::chrono::system_clock::from_time_t(timegm(&date)) - now;
  if (delay <= std::chrono::seconds(0)) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(std::min<std::chrono::duration<double>>(
      delay, std::chrono::duration<double>(kLongest)));
}

UpstreamOutcome classify_error_answer(const ErrorAnswer& answer, std::chrono::system_clock::time_point now) {
  const std::string_view type = known_type(answer.error_type);
  return {
      .kind = kind_of(answer),
      .status = answer.status,
      .overloaded = says_overloaded(answer.status, type),
      .retry_delay = parse_retry_after(answer.retry_after, now),
      .detail = type.empty() ? fmt::format("HTTP {}", answer.status) : fmt::format("HTTP {} {}", answer.status, type),
  };
}

UpstreamOutcome classify_error_event(std::string_view error_type, std::string_view error_message) {
  const std::string_view type = known_type(error_type);
  const int status = status_of_type(type);
  const ErrorAnswer answer{.status = status, .retry_after = {}, .error_type = type, .error_message = error_message,
                           .detail_code = {}};
  return {
      .kind = kind_of(answer),
      .status = status,
      .overloaded = says_overloaded(status, type),
      .retry_delay = std::nullopt,
      .detail = type.empty() ? "error inside an answer of status 200"
                             : fmt::format("{} inside an answer of status 200", type),
  };
}

UpstreamOutcome classify_failure(const UpstreamFailure& failure) {
  const auto kind = [&] {
    switch (failure.kind) {
      case UpstreamFailureKind::kConnectTimeout:
      case UpstreamFailureKind::kTlsTimeout:
      case UpstreamFailureKind::kFirstByteTimeout:
      case UpstreamFailureKind::kIdleTimeout:
      case UpstreamFailureKind::kTotalTimeout:
        return AttemptOutcome::kTimeout;
      case UpstreamFailureKind::kCancelled:
        return AttemptOutcome::kClientGone;
      default:
        return AttemptOutcome::kTransient;
    }
  }();
  return {.kind = kind,
          .status = 0,
          .overloaded = false,
          .retry_delay = std::nullopt,
          .detail = failure.detail.empty() ? std::string(to_string(failure.kind)) : failure.detail};
}

UpstreamOutcome unusable_answer(std::string_view why) {
  return {.kind = AttemptOutcome::kTransient, .status = 200, .overloaded = false, .retry_delay = std::nullopt,
          .detail = std::string(why)};
}

}  // namespace balancer::gateway
