#include "gateway/overload/capacity.hpp"

#include <algorithm>

namespace balancer::gateway {
namespace {

// Listeners, the link to the control plane, health checks, logs.
constexpr std::size_t kOwnDescriptors = 100;
constexpr std::size_t kMostFarewells = 256;
constexpr std::size_t kFewestConnections = 16;

http::ConnectionPlaces places_within(std::size_t wanted, std::size_t descriptors) {
  const std::size_t left = descriptors > kOwnDescriptors ? descriptors - kOwnDescriptors : 0;
  const std::size_t farewells = std::min(kMostFarewells, left / 4);
  const std::size_t most = std::max(kFewestConnections, (left - farewells) / 2);
  return {Places(std::min(wanted, most)), Places(farewells)};
}

}  // namespace

Capacity::Capacity(const OverloadLimits& limits, std::size_t descriptors)
    : connections(places_within(limits.connections, descriptors)),
      in_flight(limits.in_flight),
      body_bytes(limits.body_bytes) {}

}  // namespace balancer::gateway
