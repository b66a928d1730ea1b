// As many mutated bodies as the promise names (promises.md T33).
#include "tests/integration/edge/mutated_bodies.hpp"

#include <gtest/gtest.h>

namespace balancer::integration {
namespace {

TEST(MutatedBodiesTest, AHundredThousandAreAnsweredOnTheConnectionsThatTheyCameBy) {
  constexpr std::size_t kCount = 100'000;

  const auto statuses = send_mutated_bodies(kCount);

  EXPECT_GT(statuses.at(200), kCount / 20);
  EXPECT_GT(statuses.at(400), kCount / 4);
}

}  // namespace
}  // namespace balancer::integration
