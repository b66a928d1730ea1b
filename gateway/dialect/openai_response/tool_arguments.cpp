#include "gateway/dialect/openai_response/tool_arguments.hpp"

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/json/json_balance.hpp"

namespace balancer::gateway {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

// Some servers send the whole once more behind itself.
std::string_view without_repetitions(std::string_view text) {
  JsonBalance balance;
  balance.feed(text);
  if (!balance.complete()) return text;
  const std::string_view first = trimmed(text.substr(0, balance.completed_at()));
  std::string_view rest = trimmed(text.substr(balance.completed_at()));
  while (rest.starts_with(first)) rest = trimmed(rest.substr(first.size()));
  return rest.empty() ? first : text;
}

}  // namespace

std::optional<std::string> normalized_arguments(std::string_view arguments, ArgumentsCut cut, JsonDocument& scratch) {
  const std::string_view text = without_repetitions(trimmed(arguments));
  if (text.empty()) return "{}";
  const Result<JsonValue> value = scratch.read_copy(text);
  if (!value) {
    if (cut == ArgumentsCut::kByLength) return std::nullopt;
    return R"({"_invalid_json":")" + escape(text) + "\"}";
  }
  if (value->is_object()) return std::string(value->raw());
  if (value->is_null()) return "{}";
  if (value->is_string()) {
    const std::string inner = value->decoded_text();
    const Result<JsonValue> unwrapped = scratch.read_copy(inner);
    if (unwrapped && unwrapped->is_object()) return std::string(unwrapped->raw());
  }
  return R"({"_value":)" + std::string(text) + "}";
}

}  // namespace balancer::gateway
