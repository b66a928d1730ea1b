// A complete, successful answer, as it is kept for other requests that ask the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace balancer {

struct StoredAnswer {
  // An Anthropic message, as JSON.
  std::string message;
  // Who made it: the configured name, and the model that it was asked for.
  std::string provider;
  std::string upstream_model;
  std::int64_t input_token_count = 0;
  std::int64_t output_token_count = 0;
};

// Longer messages are not stored (response.proto, StoredAnswer.message).
inline constexpr std::size_t kMaxStoredMessageBytes = 8 * 1024 * 1024;

// More than any answer has; keeps sums of what others wrote from overflowing.
inline constexpr std::int64_t kMaxTokenCount = 1'000'000'000;

// Whether it may be stored, and given to anybody, as far as that can be told without reading the message.
[[nodiscard]] inline bool is_sound(const StoredAnswer& answer) {
  return !answer.message.empty() && answer.message.size() <= kMaxStoredMessageBytes && answer.input_token_count >= 0 &&
         answer.output_token_count >= 0;
}

struct FoundAnswer {
  // Not null. Shared with whoever keeps it: never changes.
  std::shared_ptr<const StoredAnswer> answer;
  // Since it was stored; zero for one that was waited for.
  std::chrono::milliseconds age{0};
};

}  // namespace balancer
