// Whether the programs have dealt with all that they were sent: for tests that must know that requests wait.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "tests/integration/support/stack.hpp"

namespace balancer::integration {

// Success as soon as no connection of these gateways holds bytes that were not read, none waits to be accepted, and
// every thread of theirs sleeps. What they were sent before the call has then had all the effect that it can have by
// itself.
[[nodiscard]] testing::AssertionResult come_to_rest(const std::vector<RunningGateway*>& gateways);
[[nodiscard]] testing::AssertionResult come_to_rest(RunningGateway& gateway);
// The same of the first so many gateways and their control plane.
[[nodiscard]] testing::AssertionResult come_to_rest(SplitStack& stack, std::size_t gateways);

}  // namespace balancer::integration
