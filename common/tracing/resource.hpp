// Who made the spans, in OpenTelemetry's terms.
#pragma once

#include <string>
#include <vector>

#include "common/tracing/span.hpp"

namespace balancer::tracing {

// An empty name, version or instance is not sent.
struct Resource {
  std::string service_name{};
  std::string service_version{};
  std::string service_instance_id{};
  // Others than the three.
  std::vector<Attribute> attributes{};
  friend bool operator==(const Resource&, const Resource&) = default;
};

}  // namespace balancer::tracing
