#include "controlplane/config/health_reader.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace balancer::controlplane {
namespace {

// Enough for any sensible expression; keeps RE2's automata small.
constexpr std::size_t kLongestPattern = 2'048;

std::vector<int> read_http_codes(YamlMap& settings) {
  std::vector<int> codes;
  for (const YamlValue& value : settings.list({"unhealthy_http_codes", "failover_http_codes"})) {
    if (const auto code = value.integer(100, 999)) codes.push_back(static_cast<int>(*code));
  }
  return codes;
}

// A value's text, if it is fit to be searched for.
std::optional<std::string> read_pattern(const YamlValue& value) {
  std::optional<std::string> text = value.text();
  if (!text || (!text->empty() && text->size() <= kLongestPattern)) return text;
  value.error(text->empty() ? "must not be empty: it would be found everywhere"
                            : fmt::format("must have at most {} bytes", kLongestPattern));
  return std::nullopt;
}

void add_plain_text(const YamlValue& value, const std::string& text, std::vector<std::string>& expressions) {
  const std::string expression = TextPatterns::plain(text);
  const auto compiled = TextPatterns::compile({expression});
  if (compiled) return expressions.push_back(expression);
  value.error("cannot be searched for: " + compiled.error().message);
}

TextPatterns read_exception_patterns(YamlMap& settings) {
  std::vector<std::string> expressions;
  for (const YamlValue& value : settings.list("unhealthy_exception_patterns")) {
    if (const auto text = read_pattern(value)) add_plain_text(value, *text, expressions);
  }
  return TextPatterns::compile(expressions).value();
}

TextPatterns read_body_patterns(YamlMap& settings) {
  std::vector<std::string> expressions;
  for (const YamlValue& value : settings.list("unhealthy_response_body_patterns")) {
    const auto text = read_pattern(value);
    if (!text) continue;
    const auto compiled = TextPatterns::compile({*text});
    if (compiled) {
      expressions.push_back(*text);
      continue;
    }
    value.warning("is searched as plain text, since it is no RE2 expression: " + compiled.error().message);
    add_plain_text(value, *text, expressions);
  }
  return TextPatterns::compile(expressions).value();
}

}  // namespace

HealthSettings read_health(YamlMap& settings) {
  HealthSettings health;
  health.failure_threshold = settings.integer<int>("unhealthy_threshold", health.failure_threshold, 1, 1'000);
  health.reset_on_success = settings.boolean("unhealthy_reset_on_success", health.reset_on_success);
  health.reset_timeout = settings.duration("unhealthy_reset_timeout", health.reset_timeout);
  health.cooldown.base = settings.duration({"failure_cooldown", "cooldown_seconds"}, health.cooldown.base);
  health.cooldown.limit = settings.duration("failure_cooldown_limit", health.cooldown.limit);
  return health;
}

UnhealthySigns read_unhealthy_signs(YamlMap& settings) {
  return {.statuses = read_http_codes(settings),
          .exception_patterns = read_exception_patterns(settings),
          .body_patterns = read_body_patterns(settings)};
}

}  // namespace balancer::controlplane
