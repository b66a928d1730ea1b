#include "common/memory/byte_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace balancer {
namespace {

TEST(ByteBudgetTest, IsSpentToTheLastByteAndNoFurther) {
  ByteBudget budget(100);
  ByteBudget::Share first(budget);
  ByteBudget::Share second(budget);

  EXPECT_TRUE(first.resize(60));
  EXPECT_TRUE(second.resize(40));
  EXPECT_FALSE(second.resize(41));

  EXPECT_EQ(budget.used(), 100u);
}

TEST(ByteBudgetTest, AShareThatWasRefusedMoreStaysAsItWas) {
  ByteBudget budget(100);
  ByteBudget::Share share(budget);
  ASSERT_TRUE(share.resize(70));

  EXPECT_FALSE(share.resize(200));

  EXPECT_EQ(budget.used(), 70u);
  EXPECT_TRUE(share.resize(100));
}

TEST(ByteBudgetTest, GetsBackWhatAShareShrinksByAndAllOfItAtTheEnd) {
  ByteBudget budget(100);
  {
    ByteBudget::Share share(budget);
    ASSERT_TRUE(share.resize(70));
    ASSERT_TRUE(share.resize(20));
    EXPECT_EQ(budget.used(), 20u);
  }

  EXPECT_EQ(budget.used(), 0u);
}

TEST(ByteBudgetTest, AShareThatMovesIsGivenBackOnce) {
  ByteBudget budget(100);
  {
    ByteBudget::Share share(budget);
    ASSERT_TRUE(share.resize(30));
    ByteBudget::Share moved(std::move(share));
    ByteBudget::Share other(budget);
    ASSERT_TRUE(other.resize(50));
    other = std::move(moved);
    EXPECT_EQ(budget.used(), 30u);
  }

  EXPECT_EQ(budget.used(), 0u);
}

TEST(ByteBudgetTest, HasRoomOnlyForWhatIsLeft) {
  ByteBudget budget(100);
  ByteBudget::Share share(budget);
  ASSERT_TRUE(share.resize(60));

  EXPECT_TRUE(budget.has_room_for(40));
  EXPECT_FALSE(budget.has_room_for(41));
  EXPECT_FALSE(budget.has_room_for(static_cast<std::size_t>(-1)));
}

TEST(ByteBudgetTest, ManyThreadsNeverHoldMoreThanThereIs) {
  ByteBudget budget(1000);
  std::atomic<long> held = 0;
  std::atomic<bool> exceeded = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 10'000; ++round) {
        ByteBudget::Share share(budget);
        if (!share.resize(300)) continue;
        if (held.fetch_add(300) + 300 > 1000) exceeded = true;
        held -= 300;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_FALSE(exceeded);
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace balancer
