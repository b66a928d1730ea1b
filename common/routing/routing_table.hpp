// Routes and the providers that they name, as plain values: what attempt planning reads.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace balancer::routing {

enum class SelectionStrategy { kPriority, kRoundRobin, kRandom };

struct RoutedProvider {
  std::string name;
  bool enabled = true;

  friend bool operator==(const RoutedProvider&, const RoutedProvider&) = default;
};

struct RouteTarget {
  // Index into RoutingTable::providers.
  std::size_t provider = 0;
  // Empty: the client's own model name is passed through.
  std::string upstream_model;
  // Lower is tried first.
  int priority = 0;
  bool enabled = true;

  friend bool operator==(const RouteTarget&, const RouteTarget&) = default;
};

struct Route {
  // See model_pattern.hpp.
  std::string pattern;
  // In file order.
  std::vector<RouteTarget> targets;

  friend bool operator==(const Route&, const Route&) = default;
};

struct RoutingTable {
  std::vector<RoutedProvider> providers;
  // In file order.
  std::vector<Route> routes;
  SelectionStrategy strategy = SelectionStrategy::kPriority;

  friend bool operator==(const RoutingTable&, const RoutingTable&) = default;
};

}  // namespace balancer::routing
