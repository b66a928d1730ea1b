#include "gateway/app/span_settings.hpp"

#include <utility>

#include "common/process/process_environment.hpp"

namespace balancer::gateway {

Result<std::optional<tracing::ExporterSettings>> span_settings_of_environment(std::string program) {
  tracing::Resource resource;
  resource.service_name = std::move(program);
  resource.service_version = BALANCER_VERSION;
  return tracing::exporter_settings(process_environment(), std::move(resource));
}

}  // namespace balancer::gateway
