#include "controlplane/rpc/decide_stream.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "balancer/controlplane/v1/routing.grpc.pb.h"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

class DecideStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    set_generous_deadline(context_);
    stream_ = v1::RoutingService::NewStub(served_.channel)->Decide(&context_);
  }

  static void add_query(v1::DecideRequest& request, std::uint64_t id, const std::string& model = "claude") {
    v1::RouteQuery& query = *request.add_queries();
    query.set_id(id);
    query.set_model(model);
  }

  // Reads until as many decisions have come.
  std::vector<v1::RouteDecision> read(std::size_t count) {
    std::vector<v1::RouteDecision> decisions;
    v1::DecideResponse response;
    while (decisions.size() < count && stream_->Read(&response)) {
      decisions.insert(decisions.end(), response.decisions().begin(), response.decisions().end());
    }
    return decisions;
  }

  v1::RouteDecision ask(std::uint64_t id, const std::string& model = "claude") {
    v1::DecideRequest request;
    add_query(request, id, model);
    EXPECT_TRUE(stream_->Write(request));
    const auto decisions = read(1);
    EXPECT_EQ(decisions.size(), 1u);
    return decisions.empty() ? v1::RouteDecision() : decisions.front();
  }

  void report(const std::string& provider, v1::AttemptOutcome outcome, bool probe = false) {
    v1::DecideRequest request;
    v1::AttemptReport& message = *request.add_reports();
    message.set_provider(provider);
    message.set_outcome(outcome);
    message.set_probe(probe);
    EXPECT_TRUE(stream_->Write(request));
  }

  ServedControlPlane served_{impatient(sample_config({"a", "b"}))};
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::DecideRequest, v1::DecideResponse>> stream_;
};

TEST_F(DecideStreamTest, AnswersWithCandidatesByName) {
  const v1::RouteDecision decision = ask(7);

  EXPECT_EQ(decision.id(), 7u);
  ASSERT_EQ(decision.plan().candidates_size(), 2);
  EXPECT_EQ(decision.plan().route(), "*");
  EXPECT_EQ(decision.plan().cache_outcome(), v1::CACHE_OUTCOME_BYPASS);
  EXPECT_EQ(decision.plan().candidates(0).provider(), "a");
  EXPECT_EQ(decision.plan().candidates(0).upstream_model(), "model-at-a");
  EXPECT_FALSE(decision.plan().candidates(0).probe());
  EXPECT_EQ(decision.plan().candidates(1).provider(), "b");
}

TEST_F(DecideStreamTest, AnswersAWholeBatchInOneMessage) {
  v1::DecideRequest request;
  for (std::uint64_t id = 1; id <= 100; ++id) add_query(request, id);
  ASSERT_TRUE(stream_->Write(request));

  v1::DecideResponse response;
  ASSERT_TRUE(stream_->Read(&response));

  EXPECT_EQ(response.decisions_size(), 100);
}

TEST_F(DecideStreamTest, AnswersEveryQueryOfAGatewayThatAsksFasterThanItReads) {
  constexpr std::uint64_t kBatches = 400;
  constexpr std::uint64_t kBatchSize = 50;
  std::thread writer([&] {
    for (std::uint64_t batch = 0; batch < kBatches; ++batch) {
      v1::DecideRequest request;
      for (std::uint64_t i = 0; i < kBatchSize; ++i) add_query(request, batch * kBatchSize + i);
      EXPECT_TRUE(stream_->Write(request));
    }
    stream_->WritesDone();
  });

  std::set<std::uint64_t> ids;
  for (const v1::RouteDecision& decision : read(kBatches * kBatchSize)) ids.insert(decision.id());
  writer.join();

  EXPECT_EQ(ids.size(), kBatches * kBatchSize);
  v1::DecideResponse none;
  EXPECT_FALSE(stream_->Read(&none));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(DecideStreamTest, RejectsWithReasonAndMessage) {
  v1::DecideRequest request;
  add_query(request, 1);
  request.mutable_queries(0)->set_pinned_provider("nobody");
  ASSERT_TRUE(stream_->Write(request));

  const auto decisions = read(1);

  ASSERT_EQ(decisions.size(), 1u);
  EXPECT_EQ(decisions[0].rejection().reason(), v1::REJECTION_REASON_UNKNOWN_PROVIDER);
  EXPECT_THAT(decisions[0].rejection().message(), testing::HasSubstr("nobody"));
}

TEST_F(DecideStreamTest, ActsOnReportsBeforeLaterQueries) {
  report("a", v1::ATTEMPT_OUTCOME_TRANSIENT);

  const v1::RouteDecision decision = ask(1);

  ASSERT_EQ(decision.plan().candidates_size(), 1);
  EXPECT_EQ(decision.plan().candidates(0).provider(), "b");
}

TEST_F(DecideStreamTest, CoolsAProviderForTheReportedRetryDelay) {
  v1::DecideRequest request;
  v1::AttemptReport& message = *request.add_reports();
  message.set_provider("a");
  message.set_outcome(v1::ATTEMPT_OUTCOME_RATE_LIMITED);
  message.mutable_retry_delay()->set_seconds(30);
  message.set_detail("HTTP 429");
  ASSERT_TRUE(stream_->Write(request));
  ask(1);

  const auto status = served_.control_plane.provider_status("a");

  EXPECT_EQ(status->remaining_cooldown, 30s);
  EXPECT_EQ(status->last_error, "HTTP 429");
}

TEST_F(DecideStreamTest, AsksForAProbeAndTakesItsReport) {
  report("a", v1::ATTEMPT_OUTCOME_TRANSIENT);
  ask(1);
  served_.clock.advance(181s);

  const v1::RouteDecision probing = ask(2);
  ASSERT_EQ(probing.plan().candidates(0).provider(), "a");
  EXPECT_TRUE(probing.plan().candidates(0).probe());
  report("a", v1::ATTEMPT_OUTCOME_SUCCESS, /*probe=*/true);

  const v1::RouteDecision after = ask(3);
  EXPECT_EQ(after.plan().candidates(0).provider(), "a");
  EXPECT_FALSE(after.plan().candidates(0).probe());
}

TEST_F(DecideStreamTest, ARequestThatMovesOnCountsWhereItIs) {
  ask(1);
  EXPECT_EQ(served_.control_plane.provider_status("a")->in_flight_count, 1);
  v1::DecideRequest request;
  v1::AttemptReport& message = *request.add_reports();
  message.set_provider("a");
  message.set_outcome(v1::ATTEMPT_OUTCOME_REQUEST_FAULT);
  message.set_next_provider("b");
  add_query(request, 2);
  ASSERT_TRUE(stream_->Write(request));
  read(1);

  EXPECT_EQ(served_.control_plane.provider_status("a")->in_flight_count, 1) << "that of the second query";
  EXPECT_EQ(served_.control_plane.provider_status("b")->in_flight_count, 1);
}

TEST_F(DecideStreamTest, ASessionStaysWithTheProviderThatServedIt) {
  const std::string session("\x00\xff session", 10);
  const auto ask_in_session = [&](std::uint64_t id, bool start, bool dry_run) {
    v1::DecideRequest request;
    add_query(request, id);
    request.mutable_queries(0)->set_session_key(session);
    request.mutable_queries(0)->set_session_start(start);
    request.mutable_queries(0)->set_dry_run(dry_run);
    EXPECT_TRUE(stream_->Write(request));
    return read(1).at(0).plan().candidates(0).provider();
  };
  EXPECT_EQ(ask_in_session(1, false, false), "a");
  v1::DecideRequest request;
  v1::AttemptReport& message = *request.add_reports();
  message.set_provider("b");
  message.set_upstream_model("model-at-b");
  message.set_outcome(v1::ATTEMPT_OUTCOME_SUCCESS);
  message.set_session_key(session);
  message.set_route("*");
  ASSERT_TRUE(stream_->Write(request));

  EXPECT_EQ(ask_in_session(2, false, false), "b");
  EXPECT_EQ(ask_in_session(3, true, true), "a") << "only asked";
  EXPECT_EQ(ask_in_session(4, false, false), "b");
  EXPECT_EQ(ask_in_session(5, true, false), "a");
  EXPECT_EQ(ask_in_session(6, false, false), "a");
}

TEST_F(DecideStreamTest, SaysOfLastResortsWhatTheyAreAndOfOthersWhenTheyAreBack) {
  report("a", v1::ATTEMPT_OUTCOME_TRANSIENT);
  const v1::RouteDecision with_b = ask(1);
  EXPECT_GE(with_b.plan().soonest_recovery().seconds(), 29);

  report("b", v1::ATTEMPT_OUTCOME_TRANSIENT);
  const v1::RouteDecision all_cooling = ask(2);

  ASSERT_EQ(all_cooling.plan().candidates_size(), 2);
  EXPECT_TRUE(all_cooling.plan().candidates(0).last_resort());
  EXPECT_TRUE(all_cooling.plan().candidates(1).last_resort());
}

TEST_F(DecideStreamTest, IgnoresAReportWhoseOutcomeItDoesNotKnow) {
  report("a", static_cast<v1::AttemptOutcome>(999));

  EXPECT_EQ(ask(1).plan().candidates_size(), 2);
}

TEST_F(DecideStreamTest, AddsUpRequestsThatAreToldAsTallies) {
  v1::DecideRequest told;
  const auto add_tally = [&](int status, v1::AttemptOutcome outcome, std::int64_t count) {
    v1::RequestTally& tally = *told.add_request_tallies();
    tally.set_status(status);
    tally.set_outcome(outcome);
    tally.set_request_count(count);
  };
  add_tally(200, v1::ATTEMPT_OUTCOME_SUCCESS, 40);
  add_tally(200, v1::ATTEMPT_OUTCOME_TRANSIENT, 2);
  add_tally(502, v1::ATTEMPT_OUTCOME_TIMEOUT, 3);
  add_tally(404, v1::ATTEMPT_OUTCOME_REQUEST_FAULT, -5);

  EXPECT_TRUE(stream_->Write(told));
  EXPECT_TRUE(stream_->Write(told));
  (void)ask(1);

  const Activity& activity = served_.control_plane.activity();
  EXPECT_THAT(activity.counts().requests,
              testing::ElementsAre(testing::Pair(200, 84), testing::Pair(404, 0), testing::Pair(502, 6)));
  EXPECT_EQ(activity.traffic().steps.back().request_count, 90);
  EXPECT_EQ(activity.traffic().steps.back().error_count, 10);
  EXPECT_TRUE(activity.requests(10).empty());
}

TEST_F(DecideStreamTest, EndsAtOnceWhenTheServerShutsDown) {
  ask(1);

  served_.server->shut_down(10s);

  v1::DecideResponse none;
  EXPECT_FALSE(stream_->Read(&none));
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DecideStreamTest, LeavesNothingBehindWhenItsGatewayGoesAway) {
  report("a", v1::ATTEMPT_OUTCOME_TRANSIENT);
  ask(0);
  served_.clock.advance(181s);
  ASSERT_TRUE(ask(1).plan().candidates(0).probe());
  ASSERT_EQ(ask(1).plan().candidates(0).provider(), "b") << "the probe is out";
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);

  grpc::ClientContext next;
  set_generous_deadline(next);
  stream_ = v1::RoutingService::NewStub(served_.channel)->Decide(&next);
  // The server may learn of the end a moment later than the gateway.
  v1::RouteDecision decision = ask(2);
  for (int i = 0; i < 10'000 && !decision.plan().candidates(0).probe(); ++i) decision = ask(2);
  EXPECT_TRUE(decision.plan().candidates(0).probe());
  EXPECT_EQ(served_.control_plane.provider_status("a")->in_flight_count, 1);
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(DecideStreamTest, SurvivesGatewaysThatVanishWhileTheyAreAnswered) {
  const auto stub = v1::RoutingService::NewStub(served_.channel);
  v1::DecideRequest batch;
  for (std::uint64_t id = 0; id < 500; ++id) add_query(batch, id);

  for (int i = 0; i < 100; ++i) {
    grpc::ClientContext vanishing;
    set_generous_deadline(vanishing);
    const auto stream = stub->Decide(&vanishing);
    stream->Write(batch);
    if (i % 2 == 0) stream->Write(batch);
    vanishing.TryCancel();
    stream->Finish();
  }

  EXPECT_EQ(ask(1).id(), 1u);
}

TEST_F(DecideStreamTest, EndsEveryStreamThatIsBusyWhenTheServerShutsDown) {
  std::atomic<int> answered_streams = 0;
  std::vector<std::thread> gateways;
  for (int g = 0; g < 4; ++g) {
    gateways.emplace_back([&] {
      grpc::ClientContext context;
      set_generous_deadline(context);
      const auto stream = v1::RoutingService::NewStub(served_.channel)->Decide(&context);
      v1::DecideRequest batch;
      for (std::uint64_t id = 0; id < 50; ++id) add_query(batch, id);
      v1::DecideResponse response;
      bool first = true;
      while (stream->Write(batch) && stream->Read(&response)) {
        if (std::exchange(first, false)) ++answered_streams;
        answered_streams.notify_all();
      }
      EXPECT_FALSE(stream->Finish().ok());
    });
  }
  for (int seen = answered_streams; seen < 4; seen = answered_streams) answered_streams.wait(seen);

  served_.server->shut_down(10s);

  for (std::thread& gateway : gateways) gateway.join();
}

}  // namespace
}  // namespace balancer::controlplane
