#include "controlplane/domain/session_affinity.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/fake_clock.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

class SessionAffinityTest : public testing::Test {
 protected:
  SessionAffinityTest() { sessions_.set_idle_limit(1h); }

  // Empty for none.
  std::string find(std::string_view session, std::string_view route = "*") {
    const SessionHome* const home = sessions_.find(session, route, clock_.now());
    return home == nullptr ? "" : home->provider;
  }
  void store(std::string_view session, std::string provider, std::string_view route = "*") {
    sessions_.store(session, route, {std::move(provider), "m"}, clock_.now());
  }

  FakeClock clock_;
  SessionAffinity sessions_;
};

TEST_F(SessionAffinityTest, RemembersTheProviderOfASessionByRoute) {
  store("s1", "a", "*opus*");
  store("s1", "b", "*haiku*");
  store("s2", "c", "*opus*");

  EXPECT_EQ(find("s1", "*opus*"), "a");
  EXPECT_EQ(find("s1", "*haiku*"), "b");
  EXPECT_EQ(find("s2", "*opus*"), "c");
  EXPECT_EQ(find("s2", "*haiku*"), "");
}

TEST_F(SessionAffinityTest, ANewProviderReplacesTheFormer) {
  store("s1", "a");

  store("s1", "b");

  EXPECT_EQ(find("s1"), "b");
  EXPECT_EQ(sessions_.size(), 1u);
}

TEST_F(SessionAffinityTest, ForgetsASessionThatWasIdleForLong) {
  store("s1", "a");
  clock_.advance(1h - 1ms);
  EXPECT_EQ(find("s1"), "a");

  clock_.advance(1h - 1ms);
  EXPECT_EQ(find("s1"), "a") << "it was used in between";
  clock_.advance(1h);

  EXPECT_EQ(find("s1"), "");
  EXPECT_EQ(sessions_.size(), 0u);
}

TEST_F(SessionAffinityTest, ALookIsNoUse) {
  store("s1", "a");
  clock_.advance(30min);
  EXPECT_NE(sessions_.peek("s1", "*", clock_.now()), nullptr);
  clock_.advance(30min);

  EXPECT_EQ(sessions_.peek("s1", "*", clock_.now()), nullptr);
  EXPECT_EQ(find("s1"), "");
}

TEST_F(SessionAffinityTest, RemembersNothingWhenTurnedOff) {
  sessions_.set_idle_limit(0ms);

  store("s1", "a");

  EXPECT_EQ(find("s1"), "");
  EXPECT_EQ(sessions_.size(), 0u);
}

TEST_F(SessionAffinityTest, ForgetsAllWhenTurnedOffLater) {
  store("s1", "a");

  sessions_.set_idle_limit(0ms);

  EXPECT_EQ(find("s1"), "");
}

TEST_F(SessionAffinityTest, IsBoundedAndForgetsTheLongestIdleFirst) {
  store("first", "a");
  store("second", "b");
  for (std::size_t i = 2; i < SessionAffinity::kMaxSessions; ++i) store(std::to_string(i), "c");
  EXPECT_EQ(find("first"), "a");

  store("one more", "c");

  EXPECT_EQ(sessions_.size(), SessionAffinity::kMaxSessions);
  EXPECT_EQ(find("first"), "a");
  EXPECT_EQ(find("second"), "");
}

}  // namespace
}  // namespace balancer::controlplane
