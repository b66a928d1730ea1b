#include "deploy/standalone/in_process_decision_client.hpp"

#include <boost/asio/detached.hpp>
#include <thread>

#include "tests/unit/deploy/standalone/in_process_fixture.hpp"

namespace balancer::standalone {
namespace {

using namespace std::chrono_literals;
using controlplane::attempt_report;
using controlplane::rate_limit_report;
using controlplane::sample_config;
using routing::AttemptOutcome;
using routing::AttemptPlan;
using routing::RoutingDecision;
using testing::ElementsAre;
using testing::IsEmpty;

class InProcessDecisionClientTest : public InProcessFixture {};

TEST_F(InProcessDecisionClientTest, HandsOnTheControlPlanesPlan) {
  Served gateway(serve(sample_config({"a", "b"})));

  const RoutingDecision decision = gateway.decide(request(), snapshot());

  EXPECT_THAT(names_of(decision, snapshot()), ElementsAre("a", "b"));
  const auto& plan = std::get<AttemptPlan>(decision);
  EXPECT_EQ(plan.route, "*");
  EXPECT_EQ(plan.candidates[0].upstream_model, "model-at-a");
  EXPECT_FALSE(plan.planned_by_gateway);
  EXPECT_EQ(in_flight("a"), 1);
}

TEST_F(InProcessDecisionClientTest, DecidesWithoutSuspendingTheRequest) {
  Served gateway(serve(sample_config({"a"})));
  const Snapshot& current = snapshot();

  bool decided = false;
  const auto decide = [&](gateway::DecisionClient& client) -> asio::awaitable<void> {
    const gateway::DecisionRequest asked = request();
    (void)co_await client.decide(asked, current);
    decided = true;
  };
  gateway.with_client([&](gateway::DecisionClient& client) {
    asio::io_context other;
    asio::co_spawn(other, decide(client), asio::detached);
    // The start of the coroutine, and nothing else.
    other.run_one();
  });

  EXPECT_TRUE(decided);
}

TEST_F(InProcessDecisionClientTest, HandsOnARejection) {
  Served gateway(serve(sample_config({"a"})));
  gateway::DecisionRequest pinned = request();
  pinned.pinned_provider = "nobody";

  const RoutingDecision decision = gateway.decide(pinned, snapshot());

  EXPECT_EQ(std::get<routing::Rejection>(decision).reason, routing::RejectionReason::kUnknownProvider);
}

TEST_F(InProcessDecisionClientTest, ADryRunCostsNobodyAnAttempt) {
  Served gateway(serve(sample_config({"a"})));
  gateway::DecisionRequest question = request();
  question.dry_run = true;

  EXPECT_THAT(names_of(gateway.decide(question, snapshot()), snapshot()), ElementsAre("a"));
  EXPECT_EQ(in_flight("a"), 0);
}

TEST_F(InProcessDecisionClientTest, AReportEndsTheAttemptAndBeginsTheNext) {
  Served gateway(serve(sample_config({"a", "b"})));
  (void)gateway.decide(request(), snapshot());
  routing::AttemptReport passed_over = attempt_report("a", AttemptOutcome::kNotSent);
  passed_over.next_provider = "b";

  gateway.report(passed_over);

  EXPECT_EQ(in_flight("a"), 0);
  EXPECT_EQ(in_flight("b"), 1);
}

TEST_F(InProcessDecisionClientTest, TheNextDecisionKnowsWhatWasReported) {
  Served gateway(serve(sample_config({"a", "b"})));

  gateway.report(rate_limit_report("a", 1h));

  EXPECT_THAT(names_of(gateway.decide(request(), snapshot()), snapshot()), ElementsAre("b"));
}

TEST_F(InProcessDecisionClientTest, KnowsWhatCoolsWhoeverReportedIt) {
  Served reporter(serve(sample_config({"a", "b"})));
  Served other(*control_plane_);

  reporter.report(rate_limit_report("a", 1h));

  other.with_client([](const gateway::DecisionClient& client) {
    EXPECT_TRUE(client.is_cooling("a", "model-at-a"));
    EXPECT_FALSE(client.is_cooling("b", "model-at-b"));
    EXPECT_FALSE(client.is_cooling("unknown", "model"));
  });
}

TEST_F(InProcessDecisionClientTest, AttemptsAndRequestsAreSeenByThoseWhoWatch) {
  Served gateway(serve(sample_config({"a"})));
  gateway::DecisionRequest asked = request();
  asked.request_id = "req-1";
  (void)gateway.decide(asked, snapshot());
  gateway.report(attempt_report("a", AttemptOutcome::kSuccess));
  routing::RequestSummary summary;
  summary.request_id = "req-1";
  summary.status = 200;

  gateway.with_client([&](gateway::DecisionClient& client) { client.report_request(summary); });

  const controlplane::ActivityCounts counts = control_plane_->activity().counts();
  EXPECT_EQ(counts.decisions.at("plan"), 1);
  EXPECT_EQ((counts.attempts.at({"a", "success"})), 1);
  EXPECT_EQ(counts.requests.at(200), 1);
  const auto requests = control_plane_->activity().requests(10);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].gateway_id, "gw-test");
  EXPECT_FALSE(requests[0].reason.empty());
}

TEST_F(InProcessDecisionClientTest, ServesNamesThatCannotBeShownAndKeepsThemFromThoseWhoWatch) {
  Served gateway(serve(sample_config({"a"})));
  const std::string no_text = "claude\xff";
  gateway::DecisionRequest asked = request(no_text);
  asked.request_id = "req-1";

  const RoutingDecision decision = gateway.decide(asked, snapshot());
  routing::AttemptReport failed = attempt_report("a", AttemptOutcome::kTransient);
  failed.detail = no_text;
  gateway.report(failed);
  routing::RequestSummary summary;
  summary.request_id = "req-1";
  summary.model = summary.error = std::string(2'000, 'x');
  summary.upstream_model = no_text;
  gateway.with_client([&](gateway::DecisionClient& client) { client.report_request(summary); });

  EXPECT_THAT(names_of(decision, snapshot()), ElementsAre("a"));
  EXPECT_EQ(control_plane_->provider_status("a")->last_error, "transient");
  const auto requests = control_plane_->activity().requests(10);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].summary.model, "");
  EXPECT_EQ(requests[0].summary.upstream_model, "");
  EXPECT_EQ(requests[0].summary.error, "");
}

TEST_F(InProcessDecisionClientTest, NamesCandidatesByTheSnapshotOfTheRequest) {
  Served gateway(serve(sample_config({"a", "b"})));
  const Snapshot of_request = snapshot();
  reload(sample_config({"b", "a"}));

  EXPECT_THAT(names_of(gateway.decide(request(), of_request), of_request), ElementsAre("b", "a"));
}

TEST_F(InProcessDecisionClientTest, GoesOnWithoutAFirstProviderThatTheRequestsSnapshotLacks) {
  Served gateway(serve(sample_config({"a", "b"})));
  const Snapshot of_request = snapshot();
  reload(sample_config({"new", "b"}));

  EXPECT_THAT(names_of(gateway.decide(request(), of_request), of_request), ElementsAre("b"));
  EXPECT_EQ(in_flight("new"), 0);
}

TEST_F(InProcessDecisionClientTest, HandsBackTheProbeThatItCannotSend) {
  controlplane::Config config = sample_config({"new"});
  Served gateway(serve(config));
  control_plane_->hold_provider("new", 0ms);
  const Snapshot of_request = sample_config({"a"}).snapshot;

  (void)gateway.decide(request(), of_request);

  const RoutingDecision next = gateway.decide(request(), snapshot());
  EXPECT_TRUE(std::get<AttemptPlan>(next).candidates.at(0).probe);
}

TEST_F(InProcessDecisionClientTest, PlansForASnapshotThatSharesNoProviderWithTheOneInForce) {
  Served gateway(serve(sample_config({"a", "b"})));
  const Snapshot of_request = snapshot();
  reload(sample_config({"new"}));

  const RoutingDecision decision = gateway.decide(request(), of_request);

  EXPECT_THAT(names_of(decision, of_request), ElementsAre("a", "b"));
  EXPECT_TRUE(std::get<AttemptPlan>(decision).planned_by_gateway);
  EXPECT_EQ(in_flight("new"), 0);
}

TEST_F(InProcessDecisionClientTest, PlansWithWhatTheControlPlaneKnowsOfThoseThatStay) {
  Served gateway(serve(sample_config({"a", "b"})));
  const Snapshot of_request = snapshot();
  gateway.report(rate_limit_report("a", 1h));
  // "a" cools there too: the plan begins and ends with "new".
  reload(sample_config({"a", "new"}));

  const RoutingDecision decision = gateway.decide(request(), of_request);

  EXPECT_THAT(names_of(decision, of_request), ElementsAre("b"));
}

TEST_F(InProcessDecisionClientTest, ADryRunThatCannotBeUsedHandsNothingBack) {
  Served gateway(serve(sample_config({"new"})));
  (void)gateway.decide(request(), snapshot());
  gateway::DecisionRequest question = request();
  question.dry_run = true;

  (void)gateway.decide(question, sample_config({"a"}).snapshot);

  EXPECT_EQ(in_flight("new"), 1);
}

TEST_F(InProcessDecisionClientTest, WhatIsUnderWayEndsWithTheClient) {
  Served gateway(serve(sample_config({"a"})));
  (void)gateway.decide(request(), snapshot());
  (void)gateway.decide(request(), snapshot());

  gateway.leave();

  EXPECT_EQ(in_flight("a"), 0);
}

TEST_F(InProcessDecisionClientTest, TwoThreadsTakeExactTurns) {
  constexpr int kRequests = 2'000;
  serve(sample_config({"a", "b"}, routing::SelectionStrategy::kRoundRobin));
  const std::shared_ptr<const controlplane::Config> config = control_plane_->config();
  const auto serve_many = [&](std::size_t& first_count) {
    Served gateway(*control_plane_);
    const gateway::DecisionRequest asked = request();
    for (int i = 0; i < kRequests; ++i) {
      const RoutingDecision decision = gateway.decide(asked, config->snapshot);
      const std::size_t provider = std::get<AttemptPlan>(decision).candidates.front().provider;
      if (provider == 0) ++first_count;
      gateway.report(attempt_report(config->snapshot.providers[provider].name, AttemptOutcome::kSuccess));
    }
  };
  std::size_t first_of_one = 0;
  std::size_t first_of_other = 0;

  std::thread one([&] { serve_many(first_of_one); });
  std::thread other([&] { serve_many(first_of_other); });
  one.join();
  other.join();

  EXPECT_EQ(first_of_one + first_of_other, static_cast<std::size_t>(kRequests));
  EXPECT_EQ(in_flight("a"), 0);
  EXPECT_EQ(in_flight("b"), 0);
}

}  // namespace
}  // namespace balancer::standalone
