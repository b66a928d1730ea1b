#include "common/process/signal_wait.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <future>

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

TEST(SignalWaitTest, AWishToStopThatIsRepeatedMeansImpatience) {
  SignalWait signals;
  std::promise<void> impatient;

  signals.end_with(
      [&] {
        ::kill(::getpid(), SIGHUP);
        ::kill(::getpid(), SIGTERM);
        impatient.get_future().wait();
      },
      [&] { impatient.set_value(); });
}

TEST(SignalWaitTest, AnEndThatIsReachedIsWaitedForNoLonger) {
  SignalWait signals;
  bool ended = false;

  signals.end_with([&] { ended = true; }, [] { FAIL() << "nobody was impatient"; });

  EXPECT_TRUE(ended);
}

TEST(SignalWaitTest, ABrokenPipeEndsNobody) {
  const SignalWait signals;

  EXPECT_EQ(::raise(SIGPIPE), 0);
}

}  // namespace
}  // namespace balancer
