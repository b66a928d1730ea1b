#include "common/routing/selection_order.hpp"

#include <algorithm>
#include <random>

namespace balancer::routing {
namespace {

using Targets = std::span<JudgedTarget>;

void order_by_turn(Targets targets, std::span<const std::uint64_t> places) {
  const auto place = [&](const JudgedTarget& t) { return t.index < places.size() ? places[t.index] : 0; };
  std::stable_sort(targets.begin(), targets.end(),
                   [&](const JudgedTarget& a, const JudgedTarget& b) { return place(a) < place(b); });
}

void shuffle(Targets targets, std::uint64_t random) {
  std::minstd_rand generator(static_cast<std::minstd_rand::result_type>(random | 1));
  std::shuffle(targets.begin(), targets.end(), generator);
}

bool has_less_load(const JudgedTarget& a, const JudgedTarget& b) { return a.condition.load < b.condition.load; }

// The better of two at random, so that not everybody runs to the one that looks best; then the others, best first.
void order_by_load(Targets targets, std::uint64_t random) {
  shuffle(targets, random);
  const auto rest = targets.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, targets.size()));
  const auto better = std::min_element(targets.begin(), rest, has_less_load);
  std::iter_swap(targets.begin(), better);
  std::sort(targets.begin() + 1, targets.end(), has_less_load);
}

}  // namespace

void order_targets(Targets targets, SelectionStrategy strategy, const Selection& selection) {
  if (targets.size() < 2) return;
  switch (strategy) {
    case SelectionStrategy::kPriority: break;
    case SelectionStrategy::kRoundRobin:
    case SelectionStrategy::kWeighted: order_by_turn(targets, selection.places); break;
    case SelectionStrategy::kRandom: shuffle(targets, selection.random); break;
    case SelectionStrategy::kLeastLatency: order_by_load(targets, selection.random); break;
  }
  std::stable_partition(targets.begin(), targets.end(),
                        [](const JudgedTarget& t) { return t.verdict != TargetVerdict::kWarming; });
}

}  // namespace balancer::routing
