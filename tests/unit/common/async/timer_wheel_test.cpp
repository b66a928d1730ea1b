#include "common/async/timer_wheel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace balancer {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using Timer = TimerWheel::Timer;

class TimerWheelTest : public testing::Test {
 protected:
  // A timer that notes its name.
  std::unique_ptr<Timer> named(std::string name) {
    return std::make_unique<Timer>(wheel_, [this, name] { fired_.push_back(name); });
  }
  // Returns once no timer is armed any more.
  void run() {
    context_.restart();
    context_.run();
  }

  asio::io_context context_;
  TimerWheel wheel_{context_};
  std::vector<std::string> fired_;
};

TEST_F(TimerWheelTest, FiresInTheOrderOfTheDeadlines) {
  const auto late = named("late");
  const auto early = named("early");
  const auto middle = named("middle");
  late->arm_after(milliseconds(60));
  early->arm_after(milliseconds(10));
  middle->arm_after(milliseconds(35));

  run();

  EXPECT_THAT(fired_, ElementsAre("early", "middle", "late"));
}

TEST_F(TimerWheelTest, NeverFiresEarly) {
  constexpr int kTimers = 200;
  std::vector<std::unique_ptr<Timer>> timers;
  int early = 0;
  int fired = 0;
  for (int i = 0; i < kTimers; ++i) {
    const auto deadline = wheel_.now() + std::chrono::microseconds(i * 300);
    timers.push_back(std::make_unique<Timer>(wheel_, [&, deadline] {
      ++fired;
      if (wheel_.now() < deadline) ++early;
    }));
    timers.back()->arm(deadline);
  }

  run();

  EXPECT_EQ(fired, kTimers);
  EXPECT_EQ(early, 0);
}

TEST_F(TimerWheelTest, ADeadlineThatIsOverFiresSoonButNotInsideArm) {
  const auto timer = named("over");
  timer->arm(wheel_.now() - milliseconds(500));
  EXPECT_THAT(fired_, IsEmpty());
  EXPECT_TRUE(timer->armed());

  run();

  EXPECT_THAT(fired_, ElementsAre("over"));
  EXPECT_FALSE(timer->armed());
}

TEST_F(TimerWheelTest, ADisarmedTimerDoesNotFire) {
  const auto disarmed = named("disarmed");
  const auto other = named("other");
  disarmed->arm_after(milliseconds(5));
  other->arm_after(milliseconds(15));

  disarmed->disarm();
  run();

  EXPECT_THAT(fired_, ElementsAre("other"));
}

TEST_F(TimerWheelTest, ADestroyedTimerDoesNotFire) {
  auto destroyed = named("destroyed");
  const auto other = named("other");
  destroyed->arm_after(milliseconds(5));
  other->arm_after(milliseconds(15));

  destroyed.reset();
  run();

  EXPECT_THAT(fired_, ElementsAre("other"));
}

TEST_F(TimerWheelTest, ArmingAgainReplacesTheDeadline) {
  const auto put_off = named("put off");
  const auto brought_forward = named("brought forward");
  const auto between = named("between");
  put_off->arm_after(milliseconds(5));
  brought_forward->arm_after(milliseconds(500));
  between->arm_after(milliseconds(30));

  put_off->arm_after(milliseconds(60));
  brought_forward->arm_after(milliseconds(5));
  run();

  EXPECT_THAT(fired_, ElementsAre("brought forward", "between", "put off"));
}

TEST_F(TimerWheelTest, ADeadlineBeyondATurnOfTheWheelWaitsItsTime) {
  // The wheel turns once in 1024 ticks.
  const auto beyond = wheel_.now() + 1024 * TimerWheel::kTick + milliseconds(40);
  std::optional<TimerWheel::TimePoint> fired_at;
  Timer far(wheel_, [&] { fired_at = wheel_.now(); });
  const auto near = named("near");
  far.arm(beyond);
  // The same slot, one turn earlier.
  near->arm_after(milliseconds(40));

  run();

  EXPECT_THAT(fired_, ElementsAre("near"));
  ASSERT_TRUE(fired_at);
  EXPECT_GE(*fired_at, beyond);
  EXPECT_LT(*fired_at, beyond + std::chrono::seconds(1));
}

TEST_F(TimerWheelTest, ACallbackMayDestroyATimerThatIsDueWithIt) {
  std::unique_ptr<Timer> victim;
  Timer killer(wheel_, [&] {
    fired_.push_back("killer");
    victim.reset();
  });
  victim = named("victim");
  const auto last = named("last");
  const auto deadline = wheel_.now() + milliseconds(10);
  killer.arm(deadline);
  victim->arm(deadline);
  last->arm(deadline);

  run();

  EXPECT_THAT(fired_, ElementsAre("killer", "last"));
}

TEST_F(TimerWheelTest, ACallbackMayDisarmAndArmOthers) {
  const auto disarmed = named("disarmed");
  const auto armed = named("armed");
  Timer first(wheel_, [&] {
    fired_.push_back("first");
    disarmed->disarm();
    armed->arm_after(milliseconds(1));
  });
  const auto deadline = wheel_.now() + milliseconds(10);
  first.arm(deadline);
  disarmed->arm(deadline);

  run();

  EXPECT_THAT(fired_, ElementsAre("first", "armed"));
}

TEST_F(TimerWheelTest, ACallbackMayArmItsOwnTimerAgain) {
  std::optional<Timer> timer;
  int count = 0;
  timer.emplace(wheel_, [&] {
    if (++count < 3) timer->arm_after(milliseconds(2));
  });
  timer->arm_after(milliseconds(2));

  run();

  EXPECT_EQ(count, 3);
}

TEST_F(TimerWheelTest, KeepsManyDeadlinesAndFiresOnlyTheArmedOnes) {
  constexpr int kTimers = 20'000;
  std::vector<std::unique_ptr<Timer>> timers;
  int fired = 0;
  for (int i = 0; i < kTimers; ++i) {
    timers.push_back(std::make_unique<Timer>(wheel_, [&fired] { ++fired; }));
    timers.back()->arm_after(milliseconds(20 + i % 50));
  }
  for (int i = 0; i < kTimers; i += 2) timers[static_cast<std::size_t>(i)]->disarm();

  run();

  EXPECT_EQ(fired, kTimers / 2);
}

TEST_F(TimerWheelTest, StopLetsTheContextRunOutOfWork) {
  const auto timer = named("never");
  timer->arm_after(std::chrono::hours(1));

  wheel_.stop();
  run();

  EXPECT_THAT(fired_, IsEmpty());
}

}  // namespace
}  // namespace balancer
