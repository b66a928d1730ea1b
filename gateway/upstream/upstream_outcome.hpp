// What an attempt's end means (protocol.md 5.3, 5.5): the only place that reads a provider's status or error text.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/routing/attempt_report.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer::gateway {

struct UpstreamOutcome {
  routing::AttemptOutcome kind = routing::AttemptOutcome::kSuccess;
  // The provider's; 0 when there was none.
  int status = 0;
  // The provider said that it is overloaded.
  bool overloaded = false;
  // The provider's Retry-After.
  std::optional<std::chrono::milliseconds> retry_delay;
  // It had the whole request and did not answer in time.
  bool read_timeout = false;
  // For people, e.g. "HTTP 529 overloaded_error", "connection refused"; never the provider's own text.
  std::string detail;
};

// What a provider answered with a status other than 2xx. The views are only read during the call.
struct ErrorAnswer {
  int status = 0;
  std::string_view retry_after;
  // Of the error document; empty when there was none.
  std::string_view error_type;
  std::string_view error_message;
  // Of the dialect: error.details.error_code, or error.code.
  std::string_view detail_code;
  // The provider's moderation objects to the request.
  bool moderation = false;
};

// Whose errors they are: the dialects use the same statuses for different things (protocol.md 5.3).
enum class ErrorDialect { kAnthropic, kOpenAi };

// `now` is for a Retry-After given as a date.
[[nodiscard]] UpstreamOutcome classify_error_answer(const ErrorAnswer& answer, std::chrono::system_clock::time_point now,
                                                    ErrorDialect dialect = ErrorDialect::kAnthropic);

// The conversation is too long for the model: clients shorten it when they are told so (protocol.md 5.4).
[[nodiscard]] bool says_context_overflow(const ErrorAnswer& answer);

// The request has come round in a circle, says a gateway that it has been to (common/http/loop_guard.hpp). Others answer
// with the same status when they are short of something.
[[nodiscard]] bool says_loop(const ErrorAnswer& answer);

// An Anthropic error inside an answer of status 200: the first event of a stream, or an error document.
[[nodiscard]] UpstreamOutcome classify_error_event(std::string_view error_type, std::string_view error_message);

// The same of the OpenAI dialect. `answer.status` is the one that the document itself names, 0 when it names none: then
// its type, code and message tell. The outcome's status is the one that it came to.
[[nodiscard]] UpstreamOutcome classify_error_document(const ErrorAnswer& answer);

// The provider answered well.
[[nodiscard]] UpstreamOutcome success(int status);

// The wire gave no usable answer.
[[nodiscard]] UpstreamOutcome classify_failure(const UpstreamFailure& failure);

// An answer of status 200 that is none: HTML, empty, not what was asked for.
[[nodiscard]] UpstreamOutcome unusable_answer(std::string_view why);

}  // namespace balancer::gateway
