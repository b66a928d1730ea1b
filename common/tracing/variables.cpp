#include "common/tracing/variables.hpp"

#include <charconv>
#include <system_error>

#include "common/log/log.hpp"
#include "common/text/ascii.hpp"

namespace balancer::tracing {

std::optional<std::string> Variables::value(std::string_view name) const {
  const std::optional<std::string> set = lookup_(name);
  if (!set || trim_blanks(*set).empty()) return std::nullopt;
  return std::string(trim_blanks(*set));
}

std::optional<NamedValue> Variables::otlp(std::string_view setting) const {
  for (const std::string_view prefix : {"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"}) {
    const std::string name = std::string(prefix) + std::string(setting);
    if (std::optional<std::string> set = value(name)) return NamedValue{name, *std::move(set)};
  }
  return std::nullopt;
}

std::optional<std::int64_t> Variables::number(std::string_view name, std::int64_t least, std::int64_t most) const {
  const std::optional<std::string> text = value(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error == std::errc() && end == text->data() + text->size() && number >= least && number <= most) return number;
  log::warn("a tracing variable is passed over: it must be a whole number in its bounds",
            {{"variable", name}, {"least", least}, {"most", most}});
  return std::nullopt;
}

}  // namespace balancer::tracing
