#include "controlplane/config/health_reader.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <string>

namespace balancer::controlplane {
namespace {

// Enough for any sensible expression; keeps RE2's automata small.
constexpr std::size_t kLongestPattern = 4'096;

std::vector<int> read_http_codes(YamlMap& settings) {
  std::vector<int> codes;
  for (const YamlValue& value : settings.list({"unhealthy_http_codes", "failover_http_codes"})) {
    if (const auto code = value.integer(100, 999)) codes.push_back(static_cast<int>(*code));
  }
  return codes;
}

std::vector<std::string> read_exception_patterns(YamlMap& settings) {
  std::vector<std::string> patterns;
  for (const YamlValue& value : settings.list("unhealthy_exception_patterns")) {
    auto text = value.text();
    if (text && text->empty()) value.error("must not be empty: it would be found everywhere");
    if (text && !text->empty()) patterns.push_back(std::move(*text));
  }
  return patterns;
}

std::vector<BodyPattern> read_body_patterns(YamlMap& settings) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  std::vector<BodyPattern> patterns;
  for (const YamlValue& value : settings.list("unhealthy_response_body_patterns")) {
    const auto text = value.text();
    if (!text) continue;
    if (text->empty() || text->size() > kLongestPattern) {
      value.error(fmt::format("must have 1 to {} bytes", kLongestPattern));
      continue;
    }
    const RE2 expression(*text, options);
    if (!expression.ok()) {
      value.warning(fmt::format("is searched as plain text, since it is no RE2 expression: {}", expression.error()));
    }
    patterns.push_back({*text, !expression.ok()});
  }
  return patterns;
}

}  // namespace

HealthSettings read_health(YamlMap& settings) {
  HealthSettings health;
  health.failure_threshold = settings.integer<int>("unhealthy_threshold", health.failure_threshold, 1, 1'000);
  health.reset_on_success = settings.boolean("unhealthy_reset_on_success", health.reset_on_success);
  health.reset_timeout = settings.duration("unhealthy_reset_timeout", health.reset_timeout);
  health.failure_cooldown = settings.duration({"failure_cooldown", "cooldown_seconds"}, health.failure_cooldown);
  health.unhealthy_http_codes = read_http_codes(settings);
  health.unhealthy_exception_patterns = read_exception_patterns(settings);
  health.unhealthy_response_body_patterns = read_body_patterns(settings);
  return health;
}

}  // namespace balancer::controlplane
