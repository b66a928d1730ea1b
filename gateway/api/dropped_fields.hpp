// Fields and hints of requests that converted providers have no use for: counted, and logged once for each name.
#pragma once

#include <span>
#include <string>

#include "gateway/api/dependencies.hpp"

namespace balancer::gateway {

// Names may come from clients.
void note_dropped_fields(std::span<const std::string> names, Dependencies& deps);

}  // namespace balancer::gateway
