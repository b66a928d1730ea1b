// What an Anthropic client is told when a converted provider's error is the answer (protocol.md 5.3, 5.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/routing/attempt_report.hpp"
#include "gateway/dialect/openai_error/context_overflow.hpp"
#include "gateway/dialect/openai_error/provider_error.hpp"

namespace balancer::gateway {

// The failure as it was classified.
struct ClassifiedError {
  routing::AttemptOutcome outcome = routing::AttemptOutcome::kTransient;
  // The provider's HTTP status, or the one that its error document names.
  int status = 0;
  bool overloaded = false;
  // The conversation is too long for the model.
  bool context_overflow = false;
};

struct ClientError {
  int status = 502;
  // Anthropic error type.
  std::string_view type;
  std::string message;
  // For x-should-retry, where the status alone would mislead clients. False also means: no retry-after.
  std::optional<bool> should_retry;
};

// `requested_model` is the client's name for it. The provider's own words are kept where the client can do something
// about them.
[[nodiscard]] ClientError client_error(const ClassifiedError& classified, const ProviderError& error,
                                       std::string_view requested_model, const OverflowEstimate& estimate);

}  // namespace balancer::gateway
