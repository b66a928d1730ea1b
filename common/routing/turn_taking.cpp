#include "common/routing/turn_taking.hpp"

#include <algorithm>

namespace balancer::routing {
namespace {

// Divides well by any weight.
constexpr std::uint64_t kStride = std::uint64_t{1} << 47;
// More targets than any route has.
constexpr std::uint64_t kRecencyUnits = std::uint64_t{1} << 16;

}  // namespace

TurnTaking::TurnTaking(const Route& route, SelectionStrategy strategy) : places_(route.targets.size(), 0) {
  standings_.reserve(route.targets.size());
  for (const RouteTarget& target : route.targets) {
    const std::uint64_t weight = strategy == SelectionStrategy::kWeighted ? std::max(1U, target.weight) : 1;
    standings_.push_back({.distance = 0, .recency = standings_.size(), .stride = kStride / weight});
    places_[standings_.size() - 1] = standings_.back().recency;
  }
}

void TurnTaking::take(std::size_t target) {
  const Standing taken = standings_[target];
  for (std::size_t i = 0; i < standings_.size(); ++i) {
    Standing& standing = standings_[i];
    // Who was away is no further ahead than this. All count from here, so that the numbers stay small.
    standing.distance -= std::min(standing.distance, taken.distance);
    if (standing.recency > taken.recency) --standing.recency;
    if (i == target) standing = {taken.stride, standings_.size() - 1, taken.stride};
    places_[i] = standing.distance * kRecencyUnits + standing.recency;
  }
}

}  // namespace balancer::routing
