#include "gateway/dialect/openai_error/context_overflow.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>

namespace balancer::gateway {
namespace {

constexpr std::size_t kReadBytes = 4096;
constexpr std::int64_t kUsualWindow = 128'000;

std::optional<std::int64_t> first_match(std::string_view text, std::initializer_list<const RE2*> patterns) {
  for (const RE2* const pattern : patterns) {
    std::string digits;
    if (!RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern, &digits)) continue;
    digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && number > 0) return number;
  }
  return std::nullopt;
}

}  // namespace

OverflowNumbers read_overflow_numbers(std::string_view message) {
  // OpenAI, vLLM, DeepSeek, Together: "maximum context length is L tokens"; Gemini: "maximum number of tokens allowed
  // (L)"; Kimi: "model token limit: L"; llama.cpp: "context size (L tokens)"; Mistral: "maximum context length of L".
  static const RE2 kLimits[] = {
      {R"((?i)maximum context length (?:is|of)\s*:?\s*([\d,]+))"},
      {R"((?i)tokens allowed \(?([\d,]+))"},
      {R"((?i)token limit[^\d]{0,20}([\d,]+))"},
      {R"((?i)context (?:size|window|length)[^\d]{0,30}([\d,]+))"},
      {R"((?i)>\s*([\d,]+)\s*(?:maximum)?)"},
      {R"((?i)(?:maximum|limit|max)[^\d]{0,40}([\d,]{4,}))"},
  };
  static const RE2 kPrompts[] = {
      {R"((?i)\(?([\d,]+) (?:tokens )?(?:in|of|from) (?:the |your )?(?:messages|prompt|input|text))"},
      {R"((?i)(?:prompt|input) (?:is too long|contains|has|length|token count)[^\d]{0,20}([\d,]+))"},
      {R"((?i)input token count \(?([\d,]+))"},
      {R"((?i)your (?:messages|prompt|request|input)[^\d]{0,40}([\d,]+))"},
      {R"((?i)(?:request|prompt) \(([\d,]+) tokens?\))"},
      {R"((?i)limit: [\d,]+ \(requested: ([\d,]+)\))"},
      {R"((?i)requested ([\d,]+) tokens)"},
  };
  static const RE2 kMaxTokens[] = {
      {R"((?i)([\d,]+) (?:tokens )?(?:in|for|of) the completion)"},
      {R"((?i)([\d,]+) (?:tokens )?(?:output|new) tokens)"},
      {R"((?i)max_(?:completion_)?tokens[^\d]{0,20}([\d,]+))"},
  };
  const std::string_view text = message.substr(0, kReadBytes);
  return {.limit = first_match(text, {&kLimits[0], &kLimits[1], &kLimits[2], &kLimits[3], &kLimits[4], &kLimits[5]}),
          .prompt = first_match(text, {&kPrompts[0], &kPrompts[1], &kPrompts[2], &kPrompts[3], &kPrompts[4],
                                       &kPrompts[5], &kPrompts[6]}),
          .max_tokens = first_match(text, {&kMaxTokens[0], &kMaxTokens[1], &kMaxTokens[2]})};
}

std::string overflow_message(const OverflowNumbers& numbers, const OverflowEstimate& estimate) {
  const auto window = static_cast<std::int64_t>(estimate.context_window.value_or(kUsualWindow));
  const std::int64_t limit = numbers.limit.value_or(window);
  const std::int64_t max_tokens = numbers.max_tokens.value_or(estimate.max_tokens);
  const std::int64_t prompt = numbers.prompt.value_or(estimate.input_tokens);
  const bool told_apart = numbers.limit && numbers.prompt;
  if (told_apart && prompt < limit && max_tokens > 0 && prompt + max_tokens > limit) {
    return fmt::format(
        "input length and `max_tokens` exceed context limit: {} + {} > {}, decrease input length or `max_tokens` and "
        "try again",
        prompt, max_tokens, limit);
  }
  return fmt::format("prompt is too long: {} tokens > {} maximum", std::max(prompt, limit + 1), limit);
}

}  // namespace balancer::gateway
