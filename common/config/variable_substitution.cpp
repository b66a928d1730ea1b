#include "common/config/variable_substitution.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace balancer {
namespace {

Error invalid(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

// `inside` is what stands between "${" and "}".
Result<std::string> value_of(std::string_view inside, const VariableLookup& lookup) {
  const std::size_t separator = inside.find(":-");
  const std::string_view name = inside.substr(0, separator);
  if (!is_variable_name(name)) return invalid("has a ${...} that does not name a variable; write $${ for a literal ${");
  std::optional<std::string> value = lookup(name);
  if (separator == inside.npos) {
    if (!value) return invalid(fmt::format("the environment variable {} is not set", name));
    return std::move(*value);
  }
  if (value && !value->empty()) return std::move(*value);
  return std::string(inside.substr(separator + 2));
}

}  // namespace

Result<std::string> substitute_variables(std::string_view text, const VariableLookup& lookup) {
  std::string result;
  while (!text.empty()) {
    const std::size_t dollar = text.find("${");
    if (dollar == text.npos) break;
    if (dollar > 0 && text[dollar - 1] == '$') {
      result += text.substr(0, dollar - 1);
      result += "${";
      text.remove_prefix(dollar + 2);
      continue;
    }
    result += text.substr(0, dollar);
    const std::size_t close = text.find('}', dollar);
    if (close == text.npos) return invalid("has a ${ without its }; write $${ for a literal ${");
    Result<std::string> value = value_of(text.substr(dollar + 2, close - dollar - 2), lookup);
    if (!value) return value.error();
    result += *value;
    text.remove_prefix(close + 1);
  }
  result += text;
  return result;
}

}  // namespace balancer
