// The routing decision: which providers serve a request, in which order. No I/O, no clock, no dice: the caller
// passes in what is known of the providers and the numbers that turn-taking and chance need.
//
// The control plane makes it for every request; a gateway makes it itself, with this same code, only while no
// control plane answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/routing/routing_table.hpp"

namespace balancer::routing {

struct RouteQuery {
  // As the client sent it.
  std::string_view model;
  // The one provider that the client insists on; empty for none.
  std::string_view pinned_provider;
};

// What is known of one provider at the moment of the decision.
struct ProviderCondition {
  bool cooling = false;
  // A cooling provider whose time is up: one request may try it.
  bool probe_due = false;
  // Orders last resorts: the provider whose cooldown ends first comes first. Any unit.
  std::int64_t remaining_cooldown = 0;
};

struct Candidate {
  // Index into RoutingTable::providers.
  std::size_t provider = 0;
  // Empty: the client's own model name is passed through.
  std::string upstream_model;
  bool probe = false;
  // Cooling; listed because every provider of the route is. Behind a probe, if one is due.
  bool last_resort = false;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// Candidates in the order in which they are to be tried; at least one.
struct AttemptPlan {
  std::vector<Candidate> candidates;
  // The pattern that matched.
  std::string route;
};

enum class RejectionReason {
  // No route matches the model.
  kNoRoute,
  // The pinned provider does not exist, is disabled, or does not serve the model.
  kUnknownProvider,
  // A route matches, but every provider in it is disabled.
  kNoProvider,
};

struct Rejection {
  RejectionReason reason;
  // Says what to do about it; for the client.
  std::string message;
};

using RoutingDecision = std::variant<AttemptPlan, Rejection>;

// Numbers that differ from decision to decision.
struct Selection {
  // Grows by one with every decision for the same route; makes round robin exact.
  std::uint64_t turn = 0;
  // Uniformly random.
  std::uint64_t random = 0;
};

// The index of the route that serves the query: an exact name before patterns, patterns in file order, and among
// these the first that has a usable (enabled, not cooling) provider; else the first that has an enabled one.
// "X[1m]" is served as "X" when nothing matches it exactly (protocol.md section 7). routes.size() when none matches.
[[nodiscard]] std::size_t find_route(const RoutingTable& table, const RouteQuery& query,
                                     const std::vector<ProviderCondition>& conditions);

// conditions[i] belongs to table.providers[i]. `route` is find_route's answer.
[[nodiscard]] RoutingDecision plan_attempts(const RoutingTable& table, const RouteQuery& query, std::size_t route,
                                            const std::vector<ProviderCondition>& conditions,
                                            const Selection& selection);

}  // namespace balancer::routing
