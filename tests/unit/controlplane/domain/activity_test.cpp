#include "controlplane/domain/activity.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/fakes/fake_clock.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AnswerElsewhere;
using routing::RejectionReason;
using testing::ElementsAre;
using testing::Pair;

class ActivityTest : public testing::Test {
 protected:
  static ObservedRequest asked(std::string id) {
    ObservedRequest request;
    request.summary.request_id = std::move(id);
    return request;
  }
  static routing::RequestSummary ended(std::string id, int status = 200) {
    routing::RequestSummary summary;
    summary.request_id = std::move(id);
    summary.status = status;
    return summary;
  }
  static routing::RoutingDecision plan() {
    routing::AttemptPlan plan;
    plan.candidates.emplace_back();
    return plan;
  }

  FakeClock clock_;
  Activity activity_{clock_};
};

TEST_F(ActivityTest, CountsDecisionsByWhatCameOfThem) {
  activity_.observe_decision(plan());
  activity_.observe_decision(plan(), asked("r"));
  activity_.observe_decision(AnswerElsewhere{AnswerElsewhere::Where::kCached});
  activity_.observe_decision(AnswerElsewhere{AnswerElsewhere::Where::kUnderWay});
  for (const RejectionReason reason :
       {RejectionReason::kNoRoute, RejectionReason::kUnknownProvider, RejectionReason::kNoProvider,
        RejectionReason::kAllCooling, RejectionReason::kAllBusy}) {
    activity_.observe_decision(routing::Rejection{reason, "no"});
  }

  EXPECT_THAT(activity_.counts().decisions,
              ElementsAre(Pair("all_busy", 1), Pair("all_cooling", 1), Pair("hit", 1), Pair("join", 1),
                          Pair("no_provider", 1), Pair("no_route", 1), Pair("plan", 2), Pair("unknown_provider", 1)));
}

TEST_F(ActivityTest, CountsCooldownsByProvider) {
  activity_.observe_cooldown("a");
  activity_.observe_cooldown("b");
  activity_.observe_cooldown("a");

  EXPECT_THAT(activity_.counts().cooldowns, ElementsAre(Pair("a", 2), Pair("b", 1)));
}

TEST_F(ActivityTest, FindsOutReasonsAtMostOnceInTwoMilliseconds) {
  EXPECT_TRUE(activity_.wants_reasons()) << "of the first at once";
  EXPECT_FALSE(activity_.wants_reasons());
  clock_.advance(1999us);
  EXPECT_FALSE(activity_.wants_reasons());
  clock_.advance(1us);

  EXPECT_TRUE(activity_.wants_reasons());
  EXPECT_FALSE(activity_.wants_reasons());
}

TEST_F(ActivityTest, FindsOutTheReasonsOfOneOfManyThatAskAtOnce) {
  std::atomic<int> wanted = 0;

  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) wanted += activity_.wants_reasons() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(wanted, 1);
}

TEST_F(ActivityTest, GrowsItsRevisionWithEveryRequestThatItIsToldOf) {
  const std::uint64_t at_first = activity_.revision();

  activity_.observe_decision(plan(), asked("r"));
  const std::uint64_t decided = activity_.revision();
  activity_.observe_request(ended("r"), "g1");
  const std::uint64_t ended = activity_.revision();

  EXPECT_GT(decided, at_first);
  EXPECT_GT(ended, decided);
}

TEST_F(ActivityTest, KeepsItsRevisionWhileNobodySeesAnythingNew) {
  const std::uint64_t at_first = activity_.revision();

  activity_.observe_decision(plan());
  static_cast<void>(activity_.counts());
  static_cast<void>(activity_.traffic());
  static_cast<void>(activity_.wants_reasons());

  EXPECT_EQ(activity_.revision(), at_first);
}

TEST_F(ActivityTest, DatesADecisionByTheWallClock) {
  clock_.advance(42s);

  activity_.observe_decision(plan(), asked("r"));

  EXPECT_EQ(activity_.requests(1).at(0).time, clock_.wall_now());
}

TEST_F(ActivityTest, JoinsADecisionWithItsEnd) {
  activity_.observe_decision(plan(), asked("r"));
  activity_.observe_request(ended("r", 404), "g7");

  const std::vector<ObservedRequest> requests = activity_.requests(10);

  ASSERT_EQ(requests.size(), 1u);
  EXPECT_FALSE(requests[0].running);
  EXPECT_EQ(requests[0].summary.status, 404);
  EXPECT_EQ(requests[0].gateway_id, "g7");
}

}  // namespace
}  // namespace balancer::controlplane
