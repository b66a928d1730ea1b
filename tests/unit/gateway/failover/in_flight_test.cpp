#include "gateway/failover/in_flight.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace balancer::gateway {
namespace {

TEST(InFlightTest, CountsAnAttemptWhileItLives) {
  InFlight in_flight;
  {
    const InFlight::Attempt first(in_flight.of("a"));
    const InFlight::Attempt second(in_flight.of("a"));

    EXPECT_EQ(in_flight.of("a"), 2u);
    EXPECT_EQ(in_flight.of("b"), 0u);
  }

  EXPECT_EQ(in_flight.of("a"), 0u);
}

TEST(InFlightTest, CountsOverAllThreads) {
  InFlight in_flight;
  std::vector<std::thread> threads;

  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&in_flight, t] {
      for (int i = 0; i < 1'000; ++i) {
        const InFlight::Attempt attempt(in_flight.of("a"));
        const InFlight::Attempt other(in_flight.of(std::to_string(t * 1'000 + i)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(in_flight.of("a"), 0u);
}

}  // namespace
}  // namespace balancer::gateway
