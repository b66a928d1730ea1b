// Waiting for something that only asking again can tell.
#pragma once

#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace balancer::integration {

// Asks until `condition` holds. For states that a process changes on its own time and announces nowhere; where there is
// something to wait on (a fake's request, a process's output), wait on that instead.
template <class Condition>
[[nodiscard]] testing::AssertionResult eventually(Condition condition,
                                                  std::chrono::milliseconds within = std::chrono::seconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return testing::AssertionFailure() << "did not come true within " << within.count() << " ms";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return testing::AssertionSuccess();
}

}  // namespace balancer::integration
