// Whatever stands in a body, it is answered, and the gateway serves on (promises.md T33). Under a sanitizer its reports
// count too.
#include "tests/integration/edge/mutated_bodies.hpp"

#include <gtest/gtest.h>

namespace balancer::integration {
namespace {

TEST(MutatedBodiesTest, TenThousandAreAnsweredOnTheConnectionsThatTheyCameBy) {
  constexpr std::size_t kCount = 10'000;

  const auto statuses = send_mutated_bodies(kCount);

  // Damage that goes unnoticed reaches the providers; most does not.
  EXPECT_GT(statuses.at(200), kCount / 20);
  EXPECT_GT(statuses.at(400), kCount / 4);
}

}  // namespace
}  // namespace balancer::integration
