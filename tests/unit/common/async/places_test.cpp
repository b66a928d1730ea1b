#include "common/async/places.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace balancer {
namespace {

TEST(PlacesTest, ThereAreNoMoreThanWereMade) {
  Places places(2);

  const auto first = places.take();
  const auto second = places.take();

  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(places.take());
  EXPECT_EQ(places.taken(), 2u);
}

TEST(PlacesTest, APlaceThatIsGivenBackMayBeTakenAgain) {
  Places places(1);
  auto first = places.take();

  first.reset();

  EXPECT_EQ(places.taken(), 0u);
  EXPECT_TRUE(places.take());
}

TEST(PlacesTest, APlaceThatMovesIsGivenBackOnce) {
  Places places(2);
  {
    Places::Place held = *places.take();
    Places::Place moved = std::move(held);
    Places::Place other = *places.take();
    other = std::move(moved);

    EXPECT_FALSE(places.take());
  }

  EXPECT_EQ(places.taken(), 0u);
}

TEST(PlacesTest, ManyThreadsNeverHoldMoreThanThereAre) {
  Places places(3);
  std::atomic<int> holding = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20'000; ++round) {
        const auto place = places.take();
        if (!place) continue;
        const int now = ++holding;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        --holding;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_LE(most, 3);
  EXPECT_EQ(places.taken(), 0u);
}

}  // namespace
}  // namespace balancer
