#include "controlplane/domain/recent_requests.hpp"

#include <gmock/gmock.h>

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class RecentRequestsTest : public testing::Test {
 protected:
  static ObservedRequest asked(std::string id, std::string reason = "first by priority") {
    ObservedRequest request;
    request.summary.request_id = std::move(id);
    request.gateway_id = "g1";
    request.reason = std::move(reason);
    request.explanation.emplace().route = "*";
    return request;
  }
  static routing::RequestSummary ended(std::string id, int status = 200) {
    routing::RequestSummary summary;
    summary.request_id = std::move(id);
    summary.status = status;
    summary.total_time = 1s;
    return summary;
  }
  void begin(int count) {
    for (int i = 0; i < count; ++i) requests_.begin(asked("r" + std::to_string(i)));
  }
  void end(routing::RequestSummary summary) { requests_.end(std::move(summary), "g1", kNow); }
  std::vector<std::string> ids(std::size_t limit = 1'000) const {
    std::vector<std::string> ids;
    for (const ObservedRequest& request : requests_.list(limit)) ids.push_back(request.summary.request_id);
    return ids;
  }

  static constexpr std::chrono::system_clock::time_point kNow{1'800'000'000s};
  RecentRequests requests_;
};

TEST_F(RecentRequestsTest, ListsTheNewestFirstAndAsManyAsAreAskedFor) {
  EXPECT_THAT(ids(), ElementsAre());

  begin(3);

  EXPECT_THAT(ids(), ElementsAre("r2", "r1", "r0"));
  EXPECT_THAT(ids(2), ElementsAre("r2", "r1"));
  EXPECT_THAT(ids(0), ElementsAre());
}

TEST_F(RecentRequestsTest, ForgetsTheOldestOfMoreThan256) {
  begin(256);
  EXPECT_EQ(ids().back(), "r0");

  requests_.begin(asked("one more"));

  ASSERT_EQ(ids().size(), 256u);
  EXPECT_EQ(ids().front(), "one more");
  EXPECT_EQ(ids().back(), "r1");
}

TEST_F(RecentRequestsTest, FindsRequestsAfterTheRingHasGoneAroundSeveralTimes) {
  begin(1'000);

  end(ended("r999", 201));
  end(ended("r744", 202));
  end(ended("r800", 203));

  const std::vector<ObservedRequest> all = requests_.list(256);
  EXPECT_EQ(all.size(), 256u);
  EXPECT_EQ(all[0].summary.status, 201);
  EXPECT_EQ(all[255].summary.status, 202);
  EXPECT_EQ(all[199].summary.status, 203);
}

TEST_F(RecentRequestsTest, AnEndKeepsTheReasonAndTheTimeOfTheDecision) {
  ObservedRequest request = asked("r", "next in turn");
  request.time = kNow - 7s;
  requests_.begin(request);
  EXPECT_TRUE(requests_.list(1)[0].running);

  requests_.end(ended("r", 529), "g2", kNow);

  ASSERT_EQ(ids().size(), 1u);
  const ObservedRequest found = requests_.list(1)[0];
  EXPECT_FALSE(found.running);
  EXPECT_EQ(found.summary.status, 529);
  EXPECT_EQ(found.reason, "next in turn");
  EXPECT_EQ(found.time, kNow - 7s);
  EXPECT_EQ(found.gateway_id, "g2");
  EXPECT_TRUE(found.explanation.has_value());
}

TEST_F(RecentRequestsTest, HearsFirstOfARequestThatNeverAskedWhenItEnds) {
  end(ended("unasked"));

  const ObservedRequest found = requests_.list(1).at(0);
  EXPECT_FALSE(found.running);
  EXPECT_EQ(found.time, kNow - 1s) << "when it began";
  EXPECT_EQ(found.gateway_id, "g1");
  EXPECT_EQ(found.reason, "");
  EXPECT_FALSE(found.explanation.has_value());
}

TEST_F(RecentRequestsTest, SaysWhenAGatewayPlannedForItself) {
  routing::RequestSummary summary = ended("alone");
  summary.planned_by_gateway = true;

  end(summary);

  EXPECT_THAT(requests_.list(1)[0].reason, testing::HasSubstr("planned by the gateway"));
}

TEST_F(RecentRequestsTest, KeepsTheNewestDecisionOfARequestThatAsksAgain) {
  requests_.begin(asked("r", "first"));
  requests_.begin(asked("s"));
  requests_.begin(asked("r", "second"));

  EXPECT_THAT(ids(), testing::UnorderedElementsAre("r", "s"));
  for (const ObservedRequest& request : requests_.list(2)) {
    EXPECT_EQ(request.reason, request.summary.request_id == "r" ? "second" : "first by priority");
  }
}

TEST_F(RecentRequestsTest, TheEndOfAForgottenRequestIsItsFirstNews) {
  begin(300);

  end(ended("r0"));

  EXPECT_EQ(ids().size(), 256u);
  const ObservedRequest found = requests_.list(1)[0];
  EXPECT_EQ(found.summary.request_id, "r0");
  EXPECT_EQ(found.reason, "") << "nothing is left of the one whose place it took";
  EXPECT_FALSE(found.explanation.has_value());
  EXPECT_EQ(ids().back(), "r45");
}

}  // namespace
}  // namespace balancer::controlplane
