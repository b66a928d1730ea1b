// How OpenTelemetry reads environment variables: an empty one is not set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/config/variable_substitution.hpp"

namespace balancer::tracing {

struct NamedValue {
  // The variable that it came from.
  std::string name;
  std::string value;
};

// `lookup` outlives the object.
class Variables {
 public:
  explicit Variables(const VariableLookup& lookup) : lookup_(lookup) {}

  // Without blanks around it.
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  // OTEL_EXPORTER_OTLP_TRACES_<setting>, or else OTEL_EXPORTER_OTLP_<setting>.
  [[nodiscard]] std::optional<NamedValue> otlp(std::string_view setting) const;
  // A whole number in these bounds. Another value is logged and counts as not set.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most) const;

 private:
  const VariableLookup& lookup_;
};

}  // namespace balancer::tracing
