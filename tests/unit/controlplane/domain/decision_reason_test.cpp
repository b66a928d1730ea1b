#include "controlplane/domain/decision_reason.hpp"

#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

using routing::SelectionStrategy;
using routing::TargetVerdict;

class DecisionReasonTest : public testing::Test {
 protected:
  void add(std::string provider, int position, TargetVerdict verdict = TargetVerdict::kUsable) {
    ExplainedTarget& target = explanation_.targets.emplace_back();
    target.provider = std::move(provider);
    target.position = position;
    target.verdict = verdict;
  }
  std::string reason(routing::Candidate first = {}, std::string_view pinned = {}) const {
    routing::AttemptPlan plan;
    plan.candidates.push_back(std::move(first));
    return decision_reason(plan, explanation_, pinned);
  }
  std::string reason_by(SelectionStrategy strategy) {
    explanation_.strategy = strategy;
    return reason();
  }

  RouteExplanation explanation_;
};

TEST_F(DecisionReasonTest, NamesTheWayInWhichTheFirstWasChosen) {
  add("A", 1);
  add("B", 2);

  EXPECT_EQ(reason_by(SelectionStrategy::kPriority), "A: first by priority");
  EXPECT_EQ(reason_by(SelectionStrategy::kRoundRobin), "A: next in turn");
  EXPECT_EQ(reason_by(SelectionStrategy::kRandom), "A: chosen at random");
  EXPECT_EQ(reason_by(SelectionStrategy::kWeighted), "A: next in turn by weight");
  EXPECT_EQ(reason_by(SelectionStrategy::kLeastLatency), "A: quickest of two");
}

TEST_F(DecisionReasonTest, NamesThoseThatWerePassedOver) {
  add("B", 1);
  add("D", 2);
  add("A", 0, TargetVerdict::kCooling);
  add("C", 0, TargetVerdict::kBusy);
  add("E", 0, TargetVerdict::kProbeDue);

  EXPECT_EQ(reason(), "B: first by priority; A is cooling, C is busy, E is cooling");
}

TEST_F(DecisionReasonTest, DoesNotNameThoseThatAnOperatorSwitchedOff) {
  add("B", 1);
  add("A", 0, TargetVerdict::kDisabled);

  EXPECT_EQ(reason(), "B: first by priority");
}

TEST_F(DecisionReasonTest, TellsThatASessionStays) {
  add("A", 1);
  add("B", 2);
  explanation_.session_provider = "A";

  EXPECT_EQ(reason(), "A: the session stays with it");
}

TEST_F(DecisionReasonTest, TellsWhyASessionMoves) {
  add("B", 1);
  add("Cold", 0, TargetVerdict::kCooling);
  add("Full", 0, TargetVerdict::kBusy);
  add("Off", 0, TargetVerdict::kDisabled);
  const auto reason_with_home = [&](const char* home) {
    explanation_.session_provider = home;
    return reason();
  };

  EXPECT_EQ(reason_with_home("Cold"), "B: the session's provider Cold is cooling");
  EXPECT_EQ(reason_with_home("Full"), "B: the session's provider Full is busy");
  EXPECT_EQ(reason_with_home("Off"), "B: the session's provider Off is disabled");
  EXPECT_EQ(reason_with_home("Gone"), "B: the session's provider Gone serves that model no longer");
}

TEST_F(DecisionReasonTest, TellsThatARequestIsAProbe) {
  add("A", 1, TargetVerdict::kProbeDue);
  add("B", 2);
  explanation_.session_provider = "B";

  EXPECT_EQ(reason({.upstream_model = "m", .probe = true}), "A: its cooldown is over, this request tries it");
}

TEST_F(DecisionReasonTest, TellsThatNobodyIsWell) {
  add("A", 1, TargetVerdict::kCooling);
  add("B", 2, TargetVerdict::kCooling);

  EXPECT_EQ(reason({.upstream_model = "m", .last_resort = true}),
            "A: every provider of the route cools, it is soonest back");
}

TEST_F(DecisionReasonTest, TellsThatTheClientInsists) {
  add("A", 1);
  add("B", 0, TargetVerdict::kNotPinned);
  explanation_.session_provider = "B";

  EXPECT_EQ(reason({}, "A"), "A: the client asks for it by name");
}

TEST_F(DecisionReasonTest, TellsThatNobodyIsAsked) {
  using routing::AnswerElsewhere;

  EXPECT_EQ(decision_reason(AnswerElsewhere{AnswerElsewhere::Where::kCached}, explanation_, {}),
            "answered from the cache");
  EXPECT_EQ(decision_reason(AnswerElsewhere{AnswerElsewhere::Where::kUnderWay}, explanation_, {}),
            "joins the same question, which another gateway is asking");
}

TEST_F(DecisionReasonTest, RepeatsWhatTheClientIsToldOfARejection) {
  const routing::Rejection rejection{routing::RejectionReason::kNoRoute, "no route serves gpt-9"};

  EXPECT_EQ(decision_reason(rejection, explanation_, "A"), "no route serves gpt-9");
}

}  // namespace
}  // namespace balancer::controlplane
