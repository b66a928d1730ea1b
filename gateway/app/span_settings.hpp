// Whether and where the process's spans go.
#pragma once

#include <optional>
#include <string>

#include "common/error/error.hpp"
#include "common/tracing/exporter_settings.hpp"

namespace balancer::gateway {

// As OpenTelemetry's environment variables say; nothing: traces are not taken. `program` is service.name unless they say
// otherwise. The error names the variable that cannot be followed.
[[nodiscard]] Result<std::optional<tracing::ExporterSettings>> span_settings_of_environment(std::string program);

}  // namespace balancer::gateway
