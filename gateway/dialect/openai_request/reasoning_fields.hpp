// How much the model is to think (protocol.md 2.8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/dialect/openai_request/messages_fields.hpp"

namespace balancer::gateway {

struct RequestedThinking {
  enum class Mode { kUnset, kDisabled, kEnabled };
  Mode mode = Mode::kUnset;
  std::optional<std::uint64_t> budget_tokens;
  // low, medium, high, xhigh, max; empty when the client did not say.
  std::string effort;
  // The client does not want to see it.
  bool omitted = false;
};

// `message_effort` is what a system message of the conversation asked for last; it comes before the request's own.
[[nodiscard]] RequestedThinking requested_thinking(const MessagesFields& fields, JsonValue message_effort);

// Appends the members that the provider's style has for it, each behind a comma.
void append_reasoning_fields(std::string& out, const RequestedThinking& thinking, const ConversionTarget& target);

}  // namespace balancer::gateway
