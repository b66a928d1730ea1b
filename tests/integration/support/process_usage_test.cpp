#include "tests/integration/support/process_usage.hpp"

#include <gtest/gtest.h>

#include "tests/integration/support/eventually.hpp"

namespace balancer::integration {
namespace {

using namespace std::chrono_literals;

TEST(ProcessUsageTest, TellsWhoSpinsFromWhoSleeps) {
  const Process spinning({"/bin/sh", {"-c", "while :; do :; done"}, {}});
  const Process sleeping({"/bin/sleep", {"60"}, {}});

  EXPECT_TRUE(eventually([&] { return cpu_time(spinning) >= 100ms; }));
  EXPECT_LE(cpu_time(sleeping), 50ms);
}

TEST(ProcessUsageTest, CountsThreadsAndDescriptors) {
  const Process sleeping({"/bin/sleep", {"60"}, {}});
  const Process holding({"/bin/sh", {"-c", "exec 8</dev/null 9</dev/null; exec sleep 60"}, {}});

  EXPECT_TRUE(eventually([&] { return open_descriptors(holding) == open_descriptors(sleeping) + 2; }));
  EXPECT_EQ(thread_count(sleeping), 1u);
  EXPECT_GT(resident_bytes(sleeping), 0u);
}

TEST(ProcessUsageTest, OfAProcessThatHasEndedThereIsNone) {
  const Process ended({"/bin/true", {}, {}});
  ended.wait_for_exit();

  EXPECT_THROW(static_cast<void>(cpu_time(ended)), std::runtime_error);
  EXPECT_THROW(static_cast<void>(thread_count(ended)), std::runtime_error);
}

}  // namespace
}  // namespace balancer::integration
