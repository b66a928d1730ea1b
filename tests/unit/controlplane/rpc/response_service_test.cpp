// How gateways share answers over gRPC: two of them, each with its Decide stream.
#include "controlplane/rpc/response_service.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "balancer/controlplane/v1/response.grpc.pb.h"
#include "balancer/controlplane/v1/routing.grpc.pb.h"
#include "controlplane/rpc/response_encoding.hpp"
#include "tests/unit/controlplane/rpc/served_control_plane.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

const std::string kSignature(32, '\x7f');

Config sharing_config() {
  Config config = sample_config({"a", "b"});
  config.snapshot.response_sharing.caching = true;
  config.cache.max_entries = 10;
  config.cache.time_to_live = 60s;
  return config;
}

v1::StoredAnswer answer_of(const std::string& provider, std::int64_t output_token_count = 10) {
  v1::StoredAnswer answer;
  answer.set_message(R"({"type":"message"})");
  answer.set_provider(provider);
  answer.set_upstream_model("model-at-" + provider);
  answer.set_input_token_count(100);
  answer.set_output_token_count(output_token_count);
  return answer;
}

v1::RouteQuery question() {
  v1::RouteQuery query;
  query.set_model("claude");
  query.set_signature(kSignature);
  return query;
}

class TestGateway {
 public:
  explicit TestGateway(const std::shared_ptr<grpc::Channel>& channel) {
    set_generous_deadline(context_);
    stream_ = v1::RoutingService::NewStub(channel)->Decide(&context_);
  }
  ~TestGateway() { context_.TryCancel(); }

  v1::RouteDecision ask(v1::RouteQuery query = question()) {
    query.set_id(++last_id_);
    v1::DecideRequest request;
    *request.add_queries() = query;
    EXPECT_TRUE(stream_->Write(request));
    v1::DecideResponse response;
    while (stream_->Read(&response)) {
      wanted_count_ += response.wanted_leads_size();
      if (!response.decisions().empty()) return response.decisions(0);
      for (const v1::WantedLead& wanted : response.wanted_leads()) {
        EXPECT_NE(wanted.signature(), query.signature()) << "wanted before the lead began";
      }
    }
    ADD_FAILURE() << "no decision came";
    return {};
  }
  void end_lead(std::int64_t local_join_count = 0) {
    v1::DecideRequest request;
    v1::LeadEnd& end = *request.add_lead_ends();
    end.set_signature(kSignature);
    end.set_local_join_count(local_join_count);
    end.set_input_token_count(100);
    end.set_output_token_count(10);
    EXPECT_TRUE(stream_->Write(request));
  }
  // Reads until one is wanted.
  std::string wanted_lead() {
    v1::DecideResponse response;
    while (stream_->Read(&response)) {
      if (!response.wanted_leads().empty()) return response.wanted_leads(0).signature();
    }
    return "(the stream ended)";
  }
  void vanish() {
    context_.TryCancel();
    stream_->Finish();
  }
  [[nodiscard]] int wanted_count() const { return wanted_count_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::DecideRequest, v1::DecideResponse>> stream_;
  std::uint64_t last_id_ = 0;
  int wanted_count_ = 0;
};

struct JoinResult {
  grpc::Status status;
  v1::JoinResponseResponse response;
};

class ResponseServiceTest : public testing::Test {
 protected:
  void serve(const Config& config) {
    served_ = std::make_unique<ServedControlPlane>(config);
    stub_ = v1::ResponseService::NewStub(served_->channel);
    leader_ = std::make_unique<TestGateway>(served_->channel);
    other_ = std::make_unique<TestGateway>(served_->channel);
  }
  void SetUp() override { serve(sharing_config()); }

  std::future<JoinResult> join() {
    return std::async(std::launch::async, [this] {
      grpc::ClientContext context;
      set_generous_deadline(context);
      v1::JoinResponseRequest request;
      request.set_signature(kSignature);
      JoinResult result;
      result.status = stub_->JoinResponse(&context, request, &result.response);
      return result;
    });
  }
  grpc::Status store(const v1::StoredAnswer& answer, const std::string& signature = kSignature,
                     bool cacheable = true) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::StoreResponseRequest request;
    request.set_signature(signature);
    *request.mutable_answer() = answer;
    request.set_cacheable(cacheable);
    v1::StoreResponseResponse response;
    return stub_->StoreResponse(&context, request, &response);
  }
  std::pair<grpc::Status, v1::FetchResponseResponse> fetch(const std::string& signature = kSignature) {
    grpc::ClientContext context;
    set_generous_deadline(context);
    v1::FetchResponseRequest request;
    request.set_signature(signature);
    v1::FetchResponseResponse response;
    const grpc::Status status = stub_->FetchResponse(&context, request, &response);
    return {status, response};
  }
  [[nodiscard]] CacheStats stats() const { return served_->control_plane.responses().stats(); }

  std::unique_ptr<ServedControlPlane> served_;
  std::unique_ptr<v1::ResponseService::Stub> stub_;
  std::unique_ptr<TestGateway> leader_;
  std::unique_ptr<TestGateway> other_;
};

TEST_F(ResponseServiceTest, OneGatewayMakesTheAnswerAndTheOtherGetsIt) {
  EXPECT_EQ(leader_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
  EXPECT_EQ(other_->ask().answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_JOIN);
  auto joined = join();
  EXPECT_EQ(leader_->wanted_lead(), kSignature);

  EXPECT_TRUE(store(answer_of("a")).ok());
  leader_->end_lead();

  const JoinResult result = joined.get();
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(result.response.answer().SerializeAsString(), answer_of("a").SerializeAsString());
  EXPECT_EQ(stats().join_count, 1);
}

TEST_F(ResponseServiceTest, TheLeaderIsToldOnceHoweverManyWait) {
  leader_->ask();
  std::vector<std::future<JoinResult>> joined;
  joined.push_back(join());
  EXPECT_EQ(leader_->wanted_lead(), kSignature);
  for (int i = 0; i < 20; ++i) joined.push_back(join());

  v1::RouteQuery other_question = question();
  other_question.clear_signature();
  for (int i = 0; i < 20; ++i) leader_->ask(other_question);
  EXPECT_TRUE(store(answer_of("a"), kSignature, /*cacheable=*/false).ok());
  EXPECT_EQ(joined.front().get().status.error_code(), grpc::StatusCode::OK);
  // Those that came after the answer have it too: the lead has not ended.
  for (std::size_t i = 1; i < joined.size(); ++i) EXPECT_TRUE(joined[i].get().status.ok()) << i;
  leader_->ask(other_question);

  EXPECT_EQ(leader_->wanted_count(), 0) << "after the first";
  EXPECT_EQ(stats().join_count, 21);
}

TEST_F(ResponseServiceTest, AWantedLeadNeverComesBeforeTheDecisionThatBeganIt) {
  // TestGateway::ask would see it.
  for (int round = 0; round < 200; ++round) {
    std::string signature(32, '\0');
    std::memcpy(signature.data(), &round, sizeof round);
    std::atomic<bool> stop = false;
    std::thread joiner([&] {
      while (!stop) {
        grpc::ClientContext context;
        set_generous_deadline(context);
        v1::JoinResponseRequest request;
        request.set_signature(signature);
        v1::JoinResponseResponse response;
        if (stub_->JoinResponse(&context, request, &response).error_code() != grpc::StatusCode::NOT_FOUND) return;
      }
    });
    v1::RouteQuery query = question();
    query.set_signature(signature);

    EXPECT_EQ(leader_->ask(query).plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);

    store(answer_of("a"), signature);
    stop = true;
    joiner.join();
  }
}

TEST_F(ResponseServiceTest, AJoinerOfALeadThatEndsWithoutAnAnswerAsksAnew) {
  leader_->ask();
  auto joined = join();
  leader_->wanted_lead();

  leader_->end_lead();

  EXPECT_EQ(joined.get().status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(other_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
}

TEST_F(ResponseServiceTest, AJoinerOfAGatewayThatVanishesAsksAnew) {
  leader_->ask();
  auto joined = join();
  leader_->wanted_lead();

  leader_->vanish();

  EXPECT_EQ(joined.get().status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(other_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
}

TEST_F(ResponseServiceTest, LeadEndsCountBeforeTheQueriesOfTheirBatch) {
  leader_->ask();
  leader_->end_lead(/*local_join_count=*/3);

  EXPECT_EQ(leader_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
  EXPECT_EQ(stats().join_count, 3);
  EXPECT_EQ(stats().saved_output_token_count, 30);
}

TEST_F(ResponseServiceTest, AJoinerThatIsCancelledIsForgotten) {
  leader_->ask();
  grpc::ClientContext context;
  set_generous_deadline(context);
  auto joined = std::async(std::launch::async, [&] {
    v1::JoinResponseRequest request;
    request.set_signature(kSignature);
    v1::JoinResponseResponse response;
    return stub_->JoinResponse(&context, request, &response);
  });
  leader_->wanted_lead();

  context.TryCancel();
  EXPECT_EQ(joined.get().error_code(), grpc::StatusCode::CANCELLED);
  // Its client knows before the server does: the server has seen to it once no call runs any more.
  served_->server->shut_down(10s);
  served_->control_plane.responses().store(*decode_signature(kSignature), decode(answer_of("a")), /*cacheable=*/false);

  EXPECT_EQ(stats().join_count, 0);
}

TEST_F(ResponseServiceTest, WhoJoinsNothingIsToldSo) {
  EXPECT_EQ(join().get().status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ResponseServiceTest, JoinersAreSentAwayWhenTheServerShutsDown) {
  // Led by the process itself: no stream's end ends the lead first.
  class Owner final : public LeadOwner {
   public:
    void on_wanted(const RequestSignature&) override { wanted.set_value(); }
    std::promise<void> wanted;
  };
  const auto owner = std::make_shared<Owner>();
  SharedResponses& responses = served_->control_plane.responses();
  const SharingQuery query{.signature = *decode_signature(kSignature)};
  ASSERT_EQ(responses.look_up(query, "model-at-a", owner), SharingOutcome::kLead);
  auto joined = join();
  owner->wanted.get_future().wait();

  served_->server->shut_down(10s);

  EXPECT_EQ(joined.get().status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ResponseServiceTest, AStoredAnswerIsAHitForEveryGatewayUntilItIsTooOld) {
  leader_->ask();
  store(answer_of("a"));
  leader_->end_lead();
  EXPECT_EQ(leader_->ask().answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_HIT);
  served_->clock.advance(59s);
  EXPECT_EQ(other_->ask().answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_HIT);
  const auto [status, response] = fetch();
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(response.answer().SerializeAsString(), answer_of("a").SerializeAsString());
  EXPECT_EQ(response.age().seconds(), 59);

  served_->clock.advance(1s);

  EXPECT_EQ(fetch().first.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(other_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
}

TEST_F(ResponseServiceTest, AnAnswerOfAFallbackIsNotServedForAnotherModel) {
  store(answer_of("b"));

  EXPECT_EQ(leader_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
}

TEST_F(ResponseServiceTest, AnAnswerLongerThanTheRequestAllowsIsNotServed) {
  store(answer_of("a", /*output_token_count=*/50));
  v1::RouteQuery short_question = question();
  short_question.set_max_output_token_count(49);

  EXPECT_TRUE(leader_->ask(short_question).has_plan());
  short_question.set_max_output_token_count(50);
  EXPECT_EQ(other_->ask(short_question).answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_HIT);
}

TEST_F(ResponseServiceTest, WhoWantsAFreshAnswerGetsAPlan) {
  store(answer_of("a"));
  v1::RouteQuery fresh = question();
  fresh.set_wants_fresh_answer(true);

  EXPECT_EQ(leader_->ask(fresh).plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
  EXPECT_EQ(other_->ask(fresh).plan().cache_outcome(), v1::CACHE_OUTCOME_BYPASS);
}

TEST_F(ResponseServiceTest, WithoutCoalescingEveryoneAsksForHimselfAndStoresWithoutALead) {
  Config config = sharing_config();
  config.snapshot.response_sharing.coalescing = false;
  leader_.reset();
  other_.reset();
  serve(config);

  EXPECT_EQ(leader_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_BYPASS);
  EXPECT_EQ(other_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_BYPASS);
  EXPECT_TRUE(store(answer_of("a")).ok());

  EXPECT_EQ(other_->ask().answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_HIT);
}

TEST_F(ResponseServiceTest, ASignatureOfAnotherLengthIsNone) {
  v1::RouteQuery query = question();
  for (const std::size_t length : {1, 31, 33}) {
    query.set_signature(std::string(length, 'x'));
    EXPECT_EQ(leader_->ask(query).plan().cache_outcome(), v1::CACHE_OUTCOME_BYPASS);
    EXPECT_EQ(other_->ask(query).plan().cache_outcome(), v1::CACHE_OUTCOME_BYPASS);
    EXPECT_EQ(store(answer_of("a"), query.signature()).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(fetch(query.signature()).first.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
}

TEST_F(ResponseServiceTest, RefusesAnswersThatAreNone) {
  v1::StoredAnswer empty = answer_of("a");
  empty.clear_message();
  v1::StoredAnswer long_one = answer_of("a");
  long_one.set_message(std::string(kMaxStoredMessageBytes + 1, 'x'));
  v1::StoredAnswer negative_input = answer_of("a");
  negative_input.set_input_token_count(-1);

  for (const v1::StoredAnswer& answer : {empty, long_one, negative_input, answer_of("a", -1)}) {
    EXPECT_EQ(store(answer).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_EQ(fetch().first.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ResponseServiceTest, TheLongestAnswerIsStoredAndFetched) {
  v1::StoredAnswer longest = answer_of("a");
  longest.set_message(std::string(kMaxStoredMessageBytes, 'x'));

  EXPECT_TRUE(store(longest).ok());
  const auto [status, response] = fetch();

  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.answer().message().size(), kMaxStoredMessageBytes);
}

TEST_F(ResponseServiceTest, SurvivesJoinersAndLeadersThatVanish) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> joiners;
  for (int t = 0; t < 3; ++t) {
    joiners.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        grpc::ClientContext context;
        set_generous_deadline(context);
        if ((i + t) % 3 == 0) context.set_deadline(std::chrono::system_clock::now() + 1ms);
        v1::JoinResponseRequest request;
        request.set_signature(kSignature);
        v1::JoinResponseResponse response;
        stub_->JoinResponse(&context, request, &response);
      }
    });
  }

  for (int i = 0; i < 100; ++i) {
    TestGateway vanishing(served_->channel);
    vanishing.ask();
    if (i % 3 == 0) store(answer_of("a"), kSignature, /*cacheable=*/false);
    if (i % 2 == 0) vanishing.end_lead();
    vanishing.vanish();
  }
  stop = true;
  leader_->vanish();
  for (std::thread& joiner : joiners) joiner.join();

  // The server may learn of an end a moment later than its gateway.
  for (int i = 0; i < 10'000 && stats().lead_count > 0; ++i) fetch();
  EXPECT_EQ(stats().lead_count, 0);
}

}  // namespace
}  // namespace balancer::controlplane
