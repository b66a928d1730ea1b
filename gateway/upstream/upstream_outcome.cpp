#include "gateway/upstream/upstream_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/http/loop_guard.hpp"
#include "common/text/ascii.hpp"
#include "common/upstream/retry_after.hpp"

namespace balancer::gateway {
namespace {

using routing::AttemptOutcome;

bool contains(std::string_view text, std::string_view part) {
  return ascii_lower(text).find(part) != std::string::npos;
}

template <std::size_t Size>
bool is_one_of(std::string_view text, const std::array<std::string_view, Size>& names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

// Spend limits come as 400, 402 or 429, depending on who set them (protocol.md appendix B).
bool says_quota_exhausted(const ErrorAnswer& answer) {
  if (answer.status == 402 || answer.error_type == "billing_error") return true;
  if (answer.status == 400) return contains(answer.error_message, "credit balance is too low");
  if (answer.status != 429) return false;
  constexpr auto kCodes = std::to_array<std::string_view>(
      {"insufficient_quota", "billing_hard_limit_reached", "enforced_spend_limit_reached",
       "contract_spend_limit_reached"});
  return is_one_of(answer.detail_code, kCodes) || is_one_of(answer.error_type, kCodes);
}

// Codes that say so whatever their status; others than Anthropic use 400, 403 and 429 for it.
bool says_account_exhausted(const ErrorAnswer& answer) {
  constexpr auto kCodes = std::to_array<std::string_view>(
      {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "enforced_spend_limit_reached",
       "contract_spend_limit_reached", "insufficient_balance", "insufficient_user_quota",
       "exceeded_current_quota_error", "Arrearage"});
  return is_one_of(answer.detail_code, kCodes) || is_one_of(answer.error_type, kCodes);
}

bool has_overflow_words(const ErrorAnswer& answer) {
  constexpr auto kPhrases = std::to_array<std::string_view>(
      {"context_length_exceeded", "prompt is too long", "prompt too long", "exceed context limit",
       "maximum context length", "exceeds the context window", "context window exceeds limit",
       "exceeded context length", "exceeds the available context size", "greater than the context length",
       "exceeded model token limit", "maximum prompt length is", "reduce the length of the messages",
       "longer than the model's context length", "input is too long for requested model",
       // vLLM, LM Studio, DashScope, text-generation-inference, Zhipu, Copilot.
       "longer than the maximum model length", "context length is only", "context length of only",
       "range of input length should be", "tokens + `max_new_tokens` must be", "prompt exceeds max length",
       "model_max_prompt_tokens_exceeded"});
  constexpr auto kPairs = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"input token count", "exceeds the maximum"}, {"too many tokens", "cannot exceed"}});
  const std::string message = ascii_lower(answer.error_message);
  const auto says = [&](std::string_view phrase) {
    return answer.detail_code == phrase || message.find(phrase) != std::string::npos;
  };
  const auto says_in_order = [&](const auto& pair) {
    const std::size_t at = message.find(pair.first);
    return at != std::string::npos && message.find(pair.second, at) != std::string::npos;
  };
  return std::any_of(kPhrases.begin(), kPhrases.end(), says) ||
         std::any_of(kPairs.begin(), kPairs.end(), says_in_order);
}

bool says_content_refused(const ErrorAnswer& answer, std::string_view message) {
  constexpr auto kCodes = std::to_array<std::string_view>(
      {"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"});
  return answer.moderation || is_one_of(answer.detail_code, kCodes) || is_one_of(answer.error_type, kCodes) ||
         message.find("content management policy") != std::string_view::npos;
}

// "The model `x` does not exist": what stands between is a name, so that a tool or a file that a message misses is no
// model. Lower case.
bool misses_named_model(std::string_view message) {
  constexpr std::size_t kBeginning = 24;
  constexpr std::size_t kLongestName = 120;
  constexpr std::ptrdiff_t kMostSpaces = 3;
  constexpr auto kSigns = std::to_array<std::string_view>({"not exist", "not found", "not available"});
  const std::size_t model = message.substr(0, kBeginning).find("model");
  if (model == std::string_view::npos) return false;
  const std::string_view rest = message.substr(model, kLongestName);
  return std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view sign) {
    const std::string_view name = rest.substr(0, rest.find(sign));
    return name.size() < rest.size() && std::count(name.begin(), name.end(), ' ') <= kMostSpaces;
  });
}

bool says_model_missing(const ErrorAnswer& answer, std::string_view message) {
  constexpr auto kCodes = std::to_array<std::string_view>(
      {"model_not_found", "model_not_available", "invalid_model", "DeploymentNotFound"});
  constexpr auto kPhrases = std::to_array<std::string_view>(
      {"is not a valid model id", "invalid model name passed", "provided model identifier is invalid"});
  return is_one_of(answer.detail_code, kCodes) || is_one_of(answer.error_type, kCodes) ||
         misses_named_model(message) || std::any_of(kPhrases.begin(), kPhrases.end(), [&](std::string_view phrase) {
           return message.find(phrase) != std::string_view::npos;
         });
}

// Messages may quote the request: only their beginning is surely the provider's own.
bool says_key_rejected(const ErrorAnswer& answer, std::string_view message) {
  if (answer.detail_code == "invalid_api_key" || answer.error_type == "invalid_api_key") return true;
  constexpr auto kBeginnings = std::to_array<std::string_view>(
      {"api key not valid", "api key not found", "api key expired", "invalid api key", "incorrect api key"});
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view beginning) { return message.starts_with(beginning); });
}

// Statuses that mean more than they say (protocol.md 5.3); nothing for the others.
std::optional<AttemptOutcome> kind_by_openai_words(const ErrorAnswer& answer) {
  if (says_account_exhausted(answer)) return AttemptOutcome::kQuotaExhausted;
  const int status = answer.status;
  if (status != 400 && status != 403 && status != 422) return std::nullopt;
  const std::string message = ascii_lower(answer.error_message);
  if (says_content_refused(answer, message)) return AttemptOutcome::kRequestFault;
  if (says_model_missing(answer, message)) return AttemptOutcome::kModelMissing;
  if (says_key_rejected(answer, message)) return AttemptOutcome::kCredentialsRejected;
  return std::nullopt;
}

AttemptOutcome kind_of(const ErrorAnswer& answer, ErrorDialect dialect) {
  if (says_quota_exhausted(answer)) return AttemptOutcome::kQuotaExhausted;
  if (says_context_overflow(answer) || says_loop(answer)) return AttemptOutcome::kRequestFault;
  if (dialect == ErrorDialect::kOpenAi) {
    if (const auto kind = kind_by_openai_words(answer)) return *kind;
  }
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

bool says_overloaded(const ErrorAnswer& answer) {
  if (answer.status == 529 || answer.status == 503 || answer.status == 498) return true;
  return answer.error_type == "overloaded_error" ||
         (answer.status >= 500 && contains(answer.error_message, "overloaded"));
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

// For documents that name no status: their code and type, as the many families of servers spell them.
int status_of_words(const ErrorAnswer& answer) {
  constexpr auto kWords = std::to_array<std::pair<std::string_view, int>>({
      {"rate_limit", 429}, {"ratelimit", 429}, {"resource_exhausted", 429}, {"quota", 429},
      {"too_many_requests", 429}, {"toomanyrequests", 429}, {"overloaded", 529}, {"unavailable", 503},
      {"context_length_exceeded", 400}, {"content_filter", 400}, {"content_policy", 400}, {"invalid_api_key", 401},
      {"authentication", 401}, {"unauthenticated", 401}, {"unauthorized", 401}, {"permission", 403},
      {"model_not_found", 404}, {"not_found", 404}, {"notfound", 404}, {"timeout", 504}, {"deadline_exceeded", 504},
      {"invalid_request", 400}, {"invalidrequest", 400}, {"badrequest", 400}, {"bad_request", 400},
      {"invalid_argument", 400},
  });
  for (const std::string_view name : {answer.detail_code, answer.error_type}) {
    const std::string lower = ascii_lower(name);
    for (const auto& [word, status] : kWords) {
      if (lower.find(word) != std::string::npos) return status;
    }
    if (const std::string_view type = known_type(name); !type.empty()) return status_of_type(type);
  }
  if (has_overflow_words(answer)) return 400;
  return contains(answer.error_message, "overloaded") ? 529 : 500;
}

}  // namespace

bool says_context_overflow(const ErrorAnswer& answer) {
  switch (answer.status) {
    case 400: case 403: case 413: case 422: case 500: return has_overflow_words(answer);
    default: return false;
  }
}

bool says_loop(const ErrorAnswer& answer) { return answer.status == 508 && answer.detail_code == http::kLoopDetail; }

UpstreamOutcome classify_error_answer(const ErrorAnswer& answer, std::chrono::system_clock::time_point now,
                                      ErrorDialect dialect) {
  const std::string_view type = known_type(answer.error_type);
  return {
      .kind = kind_of(answer, dialect),
      .status = answer.status,
      .overloaded = says_overloaded(answer),
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
      .kind = kind_of(answer, ErrorDialect::kAnthropic),
      .status = status,
      .overloaded = says_overloaded(answer),
      .retry_delay = std::nullopt,
      .detail = type.empty() ? "error inside an answer of status 200"
                             : fmt::format("{} inside an answer of status 200", type),
  };
}

UpstreamOutcome classify_error_document(const ErrorAnswer& answer) {
  ErrorAnswer named = answer;
  if (named.status == 0) named.status = status_of_words(answer);
  return {
      .kind = kind_of(named, ErrorDialect::kOpenAi),
      .status = named.status,
      .overloaded = says_overloaded(named),
      .retry_delay = std::nullopt,
      .detail = fmt::format("an error of status {} inside an answer of status 200", named.status),
  };
}

UpstreamOutcome success(int status) {
  return {.kind = AttemptOutcome::kSuccess, .status = status, .overloaded = false, .retry_delay = std::nullopt,
          .detail = {}};
}

UpstreamOutcome classify_failure(const UpstreamFailure& failure) {
  UpstreamOutcome outcome;
  outcome.kind = is_timeout(failure.kind)                          ? AttemptOutcome::kTimeout
                 : failure.kind == UpstreamFailureKind::kCancelled ? AttemptOutcome::kClientGone
                                                                   : AttemptOutcome::kTransient;
  outcome.read_timeout = failure.kind == UpstreamFailureKind::kFirstByteTimeout ||
                         failure.kind == UpstreamFailureKind::kIdleTimeout;
  outcome.detail = failure.detail.empty() ? std::string(to_string(failure.kind)) : failure.detail;
  return outcome;
}

UpstreamOutcome unusable_answer(std::string_view why) {
  return {.kind = AttemptOutcome::kTransient, .status = 200, .overloaded = false, .retry_delay = std::nullopt,
          .detail = std::string(why)};
}

}  // namespace balancer::gateway
