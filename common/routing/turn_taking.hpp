// Whose turn it is among the targets of a route: shares exactly by weight, whoever is away meanwhile. One that comes
// back joins the others where they are; it does not catch up. Of those that are equal, the one that has waited longest is
// next, so that nobody is ever more than one turn from even.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/routing/routing_table.hpp"

namespace balancer::routing {

class TurnTaking {
 public:
  // Weights count for as much as the strategy lets them: only kWeighted tells targets apart.
  TurnTaking(const Route& route, SelectionStrategy strategy);

  // One for each target: the lowest is next. Valid until take().
  [[nodiscard]] std::span<const std::uint64_t> places() const { return places_; }
  // The target of that index has had its turn.
  void take(std::size_t target);

 private:
  // How far each is behind the one whose turn it was last, and how long ago it had its own.
  struct Standing {
    std::uint64_t distance = 0;
    std::uint64_t recency = 0;
    // How far it moves back with each turn.
    std::uint64_t stride = 0;
  };

  std::vector<Standing> standings_;
  std::vector<std::uint64_t> places_;
};

}  // namespace balancer::routing
