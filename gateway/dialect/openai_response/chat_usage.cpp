#include "gateway/dialect/openai_response/chat_usage.hpp"

#include <algorithm>
#include <initializer_list>

namespace balancer::gateway {
namespace {

JsonValue find_usage(JsonValue chunk) {
  if (const JsonValue usage = chunk["usage"]; usage.is_object()) return usage;
  for (const JsonValue choice : chunk["choices"].elements()) {
    if (const JsonValue usage = choice["usage"]; usage.is_object()) return usage;
  }
  const JsonValue usage = chunk["x_groq"]["usage"];
  return usage.is_object() ? usage : JsonValue();
}

std::optional<std::int64_t> count_of(JsonValue value) {
  const auto number = value.whole_number();
  if (!number) return std::nullopt;
  return std::max<std::int64_t>(0, *number);
}

// The first of the values that is a number; 0 when none is.
std::int64_t first_count(std::initializer_list<JsonValue> values) {
  for (const JsonValue value : values) {
    if (const auto count = count_of(value)) return *count;
  }
  return 0;
}

}  // namespace

std::optional<AnthropicUsage> read_chat_usage(JsonValue chunk, const ConversionSettings& settings) {
  const JsonValue usage = find_usage(chunk);
  if (!usage) return std::nullopt;
  const JsonValue prompt_details = usage["prompt_tokens_details"];
  const std::int64_t prompt = first_count({usage["prompt_tokens"], usage["input_tokens"]});
  const std::int64_t cached =
      std::min(prompt, first_count({prompt_details["cached_tokens"], usage["prompt_cache_hit_tokens"],
                                    usage["cached_tokens"], usage["cache_read_input_tokens"]}));
  const std::int64_t written = std::min(prompt - cached, first_count({prompt_details["cache_write_tokens"],
                                                                      usage["cache_creation_input_tokens"]}));
  AnthropicUsage result{.input_tokens = prompt - cached - written,
                        .cache_creation_input_tokens = written,
                        .cache_read_input_tokens = cached,
                        .output_tokens = first_count({usage["completion_tokens"], usage["output_tokens"]}),
                        .thinking_tokens = count_of(usage["completion_tokens_details"]["reasoning_tokens"])};
  if (settings.reasoning_extra) result.output_tokens += result.thinking_tokens.value_or(0);
  return result;
}

}  // namespace balancer::gateway
