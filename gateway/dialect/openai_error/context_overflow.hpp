// How an overflowing conversation is told so that Claude Code recovers (protocol.md 5.4): it matches these wordings.
// Whether an error is an overflow is decided by upstream/upstream_outcome.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace balancer::gateway {

// Token counts that a provider's message names, between 1 and 10^12.
struct OverflowNumbers {
  std::optional<std::int64_t> limit;
  // Of the request without max_tokens.
  std::optional<std::int64_t> prompt;
  std::optional<std::int64_t> max_tokens;

  friend bool operator==(const OverflowNumbers&, const OverflowNumbers&) = default;
};
[[nodiscard]] OverflowNumbers read_overflow_numbers(std::string_view message);

// What is known apart from that.
struct OverflowEstimate {
  std::int64_t input_tokens = 0;
  // As the client asked for it.
  std::int64_t max_tokens = 0;
  std::optional<std::uint64_t> context_window;
};

// "prompt is too long: A tokens > B maximum"; or, when the message told that only prompt and max_tokens together
// exceed the limit, the words that make the client lower max_tokens. A > B always.
[[nodiscard]] std::string overflow_message(const OverflowNumbers& numbers, const OverflowEstimate& estimate);

}  // namespace balancer::gateway
