#include "gateway/overload/capacity.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace balancer::gateway {
namespace {

constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

std::size_t most_descriptors_of(const Capacity& capacity) {
  return 2 * capacity.connections.served.count() + capacity.connections.turned_away.count();
}

TEST(CapacityTest, IsWhatWasAskedForWhereDescriptorsAbound) {
  const Capacity capacity({.connections = 5000, .in_flight = 70, .body_bytes = 1234}, kAnyNumber);

  EXPECT_EQ(capacity.connections.served.count(), 5000u);
  EXPECT_EQ(capacity.in_flight.count(), 70u);
  EXPECT_EQ(capacity.body_bytes.limit(), 1234u);
}

TEST(CapacityTest, LeavesEachConnectionADescriptorToAProvider) {
  for (const std::size_t descriptors : {256u, 1024u, 20'000u}) {
    const Capacity capacity({}, descriptors);

    EXPECT_LE(most_descriptors_of(capacity), descriptors - 100) << descriptors;
    EXPECT_GE(most_descriptors_of(capacity), (descriptors - 100) * 9 / 10) << descriptors;
  }
}

TEST(CapacityTest, ServesAFewEvenWithNextToNoDescriptors) {
  EXPECT_GE(Capacity({}, 20).connections.served.count(), 16u);
}

}  // namespace
}  // namespace balancer::gateway
