// What activity makes of the ends of attempts and requests.
#include <gmock/gmock.h>

#include <limits>

#include "controlplane/domain/activity.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/domain/sample_config.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;
using routing::AttemptOutcome;
using testing::ElementsAre;
using testing::Pair;

class ObservedTrafficTest : public testing::Test {
 protected:
  void end_request(int status, AttemptOutcome outcome = AttemptOutcome::kSuccess) {
    routing::RequestSummary summary;
    summary.request_id = std::to_string(++last_id_);
    summary.status = status;
    summary.outcome = outcome;
    activity_.observe_request(std::move(summary), "g1");
  }
  void end_attempt(const std::string& provider, AttemptOutcome outcome, std::int64_t input = 0,
                   std::int64_t output = 0) {
    routing::AttemptReport report = attempt_report(provider, outcome);
    report.input_token_count = input;
    report.output_token_count = output;
    activity_.observe_attempt(report);
  }
  TrafficStep running_step() const { return activity_.traffic().steps.back(); }

  FakeClock clock_;
  Activity activity_{clock_};
  int last_id_ = 0;
};

TEST_F(ObservedTrafficTest, ATallyCountsAsItsRequestsOneByOneWould) {
  Activity one_by_one(clock_);
  const auto both = [&](int status, AttemptOutcome outcome, int count) {
    activity_.count_requests({.status = status, .outcome = outcome, .request_count = count});
    routing::RequestSummary summary;
    summary.request_id = "told";
    summary.status = status;
    summary.outcome = outcome;
    for (int i = 0; i < count; ++i) one_by_one.observe_request(summary, "g1");
  };

  both(200, AttemptOutcome::kSuccess, 5);
  both(200, AttemptOutcome::kTransient, 2);
  both(499, AttemptOutcome::kClientGone, 1);
  both(502, AttemptOutcome::kTimeout, 3);

  EXPECT_EQ(activity_.counts().requests, one_by_one.counts().requests);
  EXPECT_EQ(running_step().request_count, 11);
  EXPECT_EQ(running_step().error_count, one_by_one.traffic().steps.back().error_count);
  EXPECT_EQ(running_step().error_count, 5);
}

TEST_F(ObservedTrafficTest, WhatIsOnlyCountedIsNotListed) {
  routing::RequestSummary nameless;
  nameless.status = 200;
  activity_.observe_request(nameless, "g1");
  activity_.count_requests({.status = 200, .request_count = 7});

  EXPECT_EQ(activity_.counts().requests.at(200), 8);
  EXPECT_TRUE(activity_.requests(10).empty());
}

TEST_F(ObservedTrafficTest, CountsAttemptsByProviderAndOutcome) {
  end_attempt("a", AttemptOutcome::kSuccess);
  end_attempt("a", AttemptOutcome::kSuccess);
  end_attempt("a", AttemptOutcome::kRateLimited);
  end_attempt("b", AttemptOutcome::kSuccess);

  EXPECT_THAT(activity_.counts().attempts,
              ElementsAre(Pair(Pair("a", "rate_limited"), 1), Pair(Pair("a", "success"), 2),
                          Pair(Pair("b", "success"), 1)));
}

TEST_F(ObservedTrafficTest, DoesNotCountAnAttemptThatHasNotEnded) {
  end_attempt("a", AttemptOutcome::kAnswering, 10, 10);

  EXPECT_TRUE(activity_.counts().attempts.empty());
  EXPECT_TRUE(activity_.counts().tokens.empty());
  EXPECT_EQ(running_step().input_token_count, 0);
}

TEST_F(ObservedTrafficTest, AddsUpTokensByProviderAndInTheRunningStep) {
  end_attempt("a", AttemptOutcome::kSuccess, 100, 7);
  end_attempt("a", AttemptOutcome::kTransient, 50, 0);
  end_attempt("b", AttemptOutcome::kSuccess, 1, 2);

  const ActivityCounts counts = activity_.counts();
  EXPECT_EQ(counts.tokens.at("a").input, 150);
  EXPECT_EQ(counts.tokens.at("a").output, 7);
  EXPECT_EQ(counts.tokens.at("b").output, 2);
  EXPECT_EQ(running_step().input_token_count, 151);
  EXPECT_EQ(running_step().output_token_count, 9);
}

TEST_F(ObservedTrafficTest, BelievesNoProviderAnAbsurdNumberOfTokens) {
  constexpr std::int64_t kAbsurd = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < 3; ++i) end_attempt("a", AttemptOutcome::kSuccess, kAbsurd, -kAbsurd);

  EXPECT_EQ(activity_.counts().tokens.at("a").input, 3'000'000'000);
  EXPECT_EQ(activity_.counts().tokens.at("a").output, 0);
  EXPECT_EQ(running_step().input_token_count, 3'000'000'000);
  EXPECT_EQ(running_step().output_token_count, 0);
}

TEST_F(ObservedTrafficTest, CountsRequestsByTheStatusThatClientsWereSent) {
  for (const int status : {200, 200, 404, 499}) end_request(status);

  EXPECT_THAT(activity_.counts().requests, ElementsAre(Pair(200, 2), Pair(404, 1), Pair(499, 1)));
  EXPECT_EQ(running_step().request_count, 4);
}

TEST_F(ObservedTrafficTest, CallsARequestFailedWhenItWasNotItsClientsFault) {
  end_request(500);
  end_request(529, AttemptOutcome::kTransient);
  end_request(504, AttemptOutcome::kTimeout);
  end_request(200, AttemptOutcome::kTransient);
  EXPECT_EQ(running_step().error_count, 4) << "the last one was cut off in the middle of its answer";

  clock_.advance(TrafficHistory::kStep);
  end_request(200);
  end_request(400, AttemptOutcome::kRequestFault);
  end_request(404, AttemptOutcome::kModelMissing);
  end_request(429, AttemptOutcome::kRateLimited);
  end_request(499, AttemptOutcome::kClientGone);
  end_request(200, AttemptOutcome::kClientGone);

  EXPECT_EQ(running_step().request_count, 6);
  EXPECT_EQ(running_step().error_count, 0);
}

TEST_F(ObservedTrafficTest, CountsALatencyInTheStepInWhichItsAnswerCame) {
  routing::AttemptReport report = attempt_report("a", AttemptOutcome::kSuccess);
  report.time_to_first_byte = 250ms;
  report.age = 4s;
  clock_.advance(20s);

  activity_.observe_attempt(report);

  EXPECT_EQ(activity_.latencies("a")[58], std::optional(0.25));
  EXPECT_EQ(activity_.latencies("a")[59], std::nullopt);
}

TEST_F(ObservedTrafficTest, TakesLatenciesFromSuccessesAlone) {
  routing::AttemptReport report = attempt_report("a", AttemptOutcome::kTimeout);
  report.time_to_first_byte = 250ms;

  activity_.observe_attempt(report);

  EXPECT_EQ(activity_.latencies("a").back(), std::nullopt);
}

}  // namespace
}  // namespace balancer::controlplane
