#include "gateway/dialect/openai_error/context_overflow.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "gateway/dialect/openai_error/utf8_prefix.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kReadBytes = 4096;
constexpr std::int64_t kUsualWindow = 128'000;
constexpr std::int64_t kMostTokens = 1'000'000'000'000;

// Every pattern captures one number. The first that matches counts: providers' own wordings stand before what several
// of them could mean.
std::optional<std::int64_t> first_match(std::string_view text, std::span<const RE2> patterns) {
  for (const RE2& pattern : patterns) {
    std::string digits;
    if (!RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern, &digits)) continue;
    digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
    std::int64_t number = 0;
    const std::errc error = std::from_chars(digits.data(), digits.data() + digits.size(), number).ec;
    if (error == std::errc() && number > 0 && number <= kMostTokens) return number;
  }
  return std::nullopt;
}

std::optional<std::int64_t> read_limit(std::string_view text) {
  static const RE2 kPatterns[] = {
      // OpenAI, vLLM, SGLang, DeepSeek, OpenRouter, Fireworks.
      {R"((?i)maximum context length(?: is| of|:) (\d[\d,]*))"},
      // Mistral.
      {R"((?i)(\d[\d,]*) maximum context length)"},
      // vLLM, SGLang, LM Studio; llama.cpp.
      {R"((?i)context length (?:is |of )?(?:only )?\(?(\d[\d,]*))"},
      {R"((?i)context (?:size|window) (?:is |of )?\(?(\d[\d,]*))"},
      {R"((?i)maximum model length (?:is |of )?(\d[\d,]*))"},
      // Gemini, Kimi, xAI, DashScope, Copilot, text-generation-inference, Cerebras, Cohere.
      {R"((?i)tokens allowed \(?(\d[\d,]*))"},
      {R"((?i)token limit: (\d[\d,]*))"},
      {R"((?i)maximum prompt length is (\d[\d,]*))"},
      {R"((?i)input length should be \[\d+, ?(\d[\d,]*)\])"},
      {R"((?i)exceeds the limit of (\d[\d,]*))"},
      {R"((?i)tokens.? must be <= (\d[\d,]*))"},
      {R"((?i)while limit is (\d[\d,]*))"},
      {R"((?i)cannot exceed (\d[\d,]*))"},
      // Anthropic.
      {R"((?i)> (\d[\d,]*))"},
  };
  return first_match(text, kPatterns);
}

std::optional<std::int64_t> read_max_tokens(std::string_view text) {
  static const RE2 kPatterns[] = {
      {R"((?i)(\d[\d,]*) (?:tokens )?(?:in|for) the (?:completion|output))"},
      {R"((?i)requested (\d[\d,]*) output tokens)"},
      {R"((?i)max_(?:completion_)?tokens.? is too large: (\d[\d,]*))"},
      {R"((?i)(\d[\d,]*) .?max_new_tokens)"},
      {R"((?i)\d \+ (\d[\d,]*) >)"},
  };
  return first_match(text, kPatterns);
}

// Prompt and max_tokens together.
std::optional<std::int64_t> read_total(std::string_view text) {
  static const RE2 kPatterns[] = {
      {R"((?i)requested (?:about |a total of )?(\d[\d,]*) tokens)"},
  };
  return first_match(text, kPatterns);
}

std::optional<std::int64_t> read_prompt(std::string_view text) {
  static const RE2 kPatterns[] = {
      {R"((?i)resulted in (\d[\d,]*) tokens)"},
      {R"((?i)(\d[\d,]*) (?:tokens )?(?:in|from|of) (?:the |your )?(?:input |text )?(?:messages|prompt|input))"},
      {R"((?i)(?:has|contains|passed) (?:at least )?(\d[\d,]*) (?:input )?tokens)"},
      {R"((?i)too long: (\d[\d,]*))"},
      {R"((?i)token count (?:of )?\(?(\d[\d,]*))"},
      {R"((?i)(?:request|input|prompt) \((?:length )?(\d[\d,]*))"},
      {R"((?i)\(requested: (\d[\d,]*)\))"},
      {R"((?i)given: (\d[\d,]*))"},
      {R"((?i)current length is (\d[\d,]*))"},
      {R"((?i)received (\d[\d,]*))"},
      {R"((?i)keep the first (\d[\d,]*) tokens)"},
      {R"((?i)(\d[\d,]*) \+ \d[\d,]* >)"},
  };
  return first_match(text, kPatterns);
}

}  // namespace

OverflowNumbers read_overflow_numbers(std::string_view message) {
  const std::string_view text = utf8_prefix(message, kReadBytes);
  OverflowNumbers numbers{.limit = read_limit(text), .prompt = std::nullopt, .max_tokens = read_max_tokens(text)};
  const std::optional<std::int64_t> total = read_total(text);
  // Next to the messages there may be functions: the difference has them all.
  if (total && numbers.max_tokens && *total > *numbers.max_tokens) {
    numbers.prompt = *total - *numbers.max_tokens;
  } else {
    numbers.prompt = read_prompt(text);
    if (!numbers.prompt) numbers.prompt = total;
  }
  return numbers;
}

std::string overflow_message(const OverflowNumbers& numbers, const OverflowEstimate& estimate) {
  const auto window = std::min<std::uint64_t>(estimate.context_window.value_or(kUsualWindow), kMostTokens);
  const std::int64_t limit = numbers.limit.value_or(static_cast<std::int64_t>(window));
  const std::int64_t max_tokens = std::min(numbers.max_tokens.value_or(estimate.max_tokens), kMostTokens);
  const std::int64_t prompt = numbers.prompt.value_or(estimate.input_tokens);
  const bool told = numbers.limit && numbers.prompt;
  if (told && prompt < limit && prompt + max_tokens > limit) {
    return fmt::format(
        "input length and `max_tokens` exceed context limit: {} + {} > {}, decrease input length or `max_tokens` and "
        "try again",
        prompt, max_tokens, limit);
  }
  return fmt::format("prompt is too long: {} tokens > {} maximum", std::max(prompt, limit + 1), limit);
}

}  // namespace balancer::gateway
