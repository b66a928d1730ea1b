#include "common/config/yaml_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/config/duration_text.hpp"
#include "common/config/quoted_text.hpp"
#include "common/config/yaml_map.hpp"
#include "common/text/ascii.hpp"

namespace balancer {
namespace {

YamlPlace place_of(const YAML::Node& node, YamlPlace otherwise) {
  const YAML::Mark mark = node.Mark();
  // What stands for nothing is marked at what follows it.
  if (node.IsNull() || mark.is_null()) return otherwise;
  return {mark.line + 1, mark.column + 1};
}

std::string shown(std::chrono::milliseconds duration) {
  return duration.count() % 1'000 == 0 ? fmt::format("{}s", duration.count() / 1'000)
                                       : fmt::format("{}ms", duration.count());
}

}  // namespace

bool YamlContext::take_value(YamlPlace place) {
  if (values_left > 0) {
    --values_left;
    return true;
  }
  if (!std::exchange(overrun_reported, true)) {
    problems.add({YamlSeverity::kError, place, "",
                  fmt::format("holds more than {} values; aliases count each time that they are used", kMaxValues)});
  }
  return false;
}

YamlValue::YamlValue(YamlContext& context, YAML::Node node, std::string path, YamlPlace place)
    : context_(&context), node_(std::move(node)), path_(std::move(path)), place_(place_of(node_, place)) {}

bool YamlValue::is_null() const { return node_.IsNull(); }

bool YamlValue::is_map() const { return node_.IsMap(); }

std::string YamlValue::written() const { return node_.IsScalar() ? node_.Scalar() : std::string(); }

std::optional<std::string> YamlValue::text() const {
  if (!node_.IsScalar()) {
    error(node_.IsNull() ? "must not be empty" : "must be a text, not a list or a mapping");
    return std::nullopt;
  }
  Result<std::string> value = substitute_variables(node_.Scalar(), context_->variables);
  if (!value) {
    error(value.error().message);
    return std::nullopt;
  }
  const auto forbidden = [](char c) { return is_control_character(c) && c != '\n' && c != '\t'; };
  if (std::any_of(value->begin(), value->end(), forbidden)) {
    error("must not hold control characters");
    return std::nullopt;
  }
  return std::move(*value);
}

std::optional<bool> YamlValue::boolean() const {
  const auto value = text();
  if (!value) return std::nullopt;
  for (const char* yes : {"true", "yes", "on"}) {
    if (ascii_iequal(*value, yes)) return true;
  }
  for (const char* no : {"false", "no", "off"}) {
    if (ascii_iequal(*value, no)) return false;
  }
  error(fmt::format("must be true or false, not {}", in_quotes(written())));
  return std::nullopt;
}

std::optional<std::int64_t> YamlValue::integer(std::int64_t min, std::int64_t max) const {
  const auto value = text();
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = value->data() + value->size();
  const auto parsed = std::from_chars(value->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < min || number > max) {
    error(fmt::format("must be a whole number from {} to {}, not {}", min, max, in_quotes(written())));
    return std::nullopt;
  }
  return number;
}

std::optional<std::chrono::milliseconds> YamlValue::duration(std::chrono::milliseconds min) const {
  const auto value = text();
  if (!value) return std::nullopt;
  const auto result = parse_duration(*value);
  if (!result) {
    error(fmt::format("must be a duration: seconds, or like 250ms, 90s, 5m, 1h; not {}", in_quotes(written())));
    return std::nullopt;
  }
  if (*result < min) {
    error(fmt::format("must be at least {}, not {}", shown(min), in_quotes(written())));
    return std::nullopt;
  }
  return result;
}

std::vector<YamlValue> YamlValue::list() const {
  std::vector<YamlValue> values;
  if (node_.IsNull()) return values;
  if (!node_.IsSequence()) {
    error("must be a list");
    return values;
  }
  values.reserve(node_.size());
  for (const YAML::Node& item : node_) {
    if (!context_->take_value(place_)) break;
    values.emplace_back(*context_, item, fmt::format("{}[{}]", path_, values.size()), place_);
  }
  return values;
}

YamlMap YamlValue::map() const { return YamlMap(*this); }

void YamlValue::error(std::string message) const {
  context_->problems.add({YamlSeverity::kError, place_, path_, std::move(message)});
}

void YamlValue::warning(std::string message) const {
  context_->problems.add({YamlSeverity::kWarning, place_, path_, std::move(message)});
}

}  // namespace balancer
