// The routing decision: which providers serve a request, in which order. No I/O, no clock, no dice: the caller
// passes in what is known of the providers and the numbers that turn-taking and chance need.
//
// The control plane makes it for every request; a gateway makes it itself, with this same code, only while no
// control plane answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/routing/routing_table.hpp"
#include "common/routing/stored_answer.hpp"
#include "common/routing/target_verdict.hpp"

namespace balancer::routing {

struct Candidate {
  // Index into RoutingTable::providers.
  std::size_t provider = 0;
  // Empty: the client's own model name is passed through.
  std::string upstream_model;
  bool probe = false;
  // Cooling; listed because every provider of the route is. Behind a probe, if one is due.
  bool last_resort = false;
  // Index into the route's targets; only where the plan was made.
  std::size_t target = 0;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// Candidates in the order in which they are to be tried; at least one.
struct AttemptPlan {
  std::vector<Candidate> candidates;
  // The pattern that matched.
  std::string route;
  // Until the first of those that cool, the probe apart, may be probed.
  std::optional<std::chrono::milliseconds> soonest_recovery;
  // Others wait for the answer: DecisionClient::end_lead must be called. Set by whoever knows, not by plan_attempts().
  bool leads = false;
  // Made from what a gateway knows, because no control plane answered in time. Set by the gateway.
  bool planned_by_gateway = false;
};

enum class RejectionReason {
  // No route matches the model.
  kNoRoute,
  // The pinned provider does not exist, is disabled, or does not serve the model.
  kUnknownProvider,
  // A route matches, but every provider in it is disabled.
  kNoProvider,
  // Every provider cools, and the configuration says not to try one even so.
  kAllCooling,
  // The providers that are well have as many requests under way as they may.
  kAllBusy,
};

struct Rejection {
  RejectionReason reason;
  // Says what to do about it; for the client.
  std::string message;
  // When it may be worth another try.
  std::optional<std::chrono::milliseconds> retry_delay = std::nullopt;
};

// No provider is asked: the answer exists, or is being made. Only for queries with a signature.
struct AnswerElsewhere {
  enum class Where { kCached, kUnderWay };
  Where where;
  // The cached answer itself, if it came along; otherwise it is to be fetched. Set by whoever has it.
  std::optional<FoundAnswer> found = std::nullopt;
};

using RoutingDecision = std::variant<AttemptPlan, Rejection, AnswerElsewhere>;

// What differs from decision to decision.
struct Selection {
  // TurnTaking::places() of the route; empty: all are equal.
  std::span<const std::uint64_t> places{};
  // Uniformly random.
  std::uint64_t random = 0;
  // The target that the client's session has; it keeps it while that is usable.
  std::optional<std::size_t> session_target = std::nullopt;
};

[[nodiscard]] inline SelectionStrategy strategy_of(const RoutingTable& table, const Route& route) {
  return route.strategy.value_or(table.strategy);
}

// The index of the route that serves the query: an exact name before patterns, patterns in file order, and among
// these the first that has a usable (enabled, not cooling, not busy) provider; else the first that has an enabled one.
// "X[1m]" is served as "X" when nothing matches it exactly (protocol.md section 7). routes.size() when none matches.
[[nodiscard]] std::size_t find_route(const RoutingTable& table, const RouteQuery& query,
                                     const TargetConditions& conditions);

// `route` is find_route's answer.
//
// A due probe goes first, but not with a session whose own provider is well: it would lose its prompt cache. Only a plan
// without any usable target has last resorts.
[[nodiscard]] RoutingDecision plan_attempts(const RoutingTable& table, const RouteQuery& query, std::size_t route,
                                            const TargetConditions& conditions, const Selection& selection);

}  // namespace balancer::routing
