// Routes and the providers that they name, as plain values: what attempt planning reads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace balancer::routing {

// How the first candidate is chosen among the providers of a route that are well.
enum class SelectionStrategy {
  // The lowest priority number.
  kPriority,
  // One after the other, exactly.
  kRoundRobin,
  kRandom,
  // In turns, by the targets' weights.
  kWeighted,
  // Of two at random, the one with less waiting: latency times requests under way.
  kLeastLatency,
};

// What becomes of a request when every provider of its route cools.
enum class AllCooling {
  // The one that is soonest back is tried even so.
  kSoonest,
  // It is refused at once, with the time to wait.
  kFailFast,
};

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
  // Share of the requests under kWeighted; at least 1.
  unsigned weight = 1;

  friend bool operator==(const RouteTarget&, const RouteTarget&) = default;
};

struct Route {
  // See model_pattern.hpp.
  std::string pattern;
  // In file order.
  std::vector<RouteTarget> targets;
  // Nothing: the table's.
  std::optional<SelectionStrategy> strategy;

  friend bool operator==(const Route&, const Route&) = default;
};

struct RoutingTable {
  std::vector<RoutedProvider> providers;
  // In file order.
  std::vector<Route> routes;
  SelectionStrategy strategy = SelectionStrategy::kPriority;
  AllCooling when_all_cooling = AllCooling::kSoonest;

  friend bool operator==(const RoutingTable&, const RoutingTable&) = default;
};

}  // namespace balancer::routing
