#include "common/process/signal_wait.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace balancer {
namespace {

// The signals go to the whole test process, where they stay blocked once a SignalWait was made.
TEST(SignalWaitTest, HangupWishesAReloadAndTheOthersAStop) {
  SignalWait signals;

  ::kill(::getpid(), SIGHUP);
  EXPECT_EQ(signals.next(), Wish::kReload);
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ(signals.next(), Wish::kStop);
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(signals.next(), Wish::kStop);
}

TEST(SignalWaitTest, ABrokenPipeEndsNobody) {
  const SignalWait signals;

  EXPECT_EQ(::raise(SIGPIPE), 0);
}

}  // namespace
}  // namespace balancer
