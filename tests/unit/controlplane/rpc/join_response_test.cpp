// One gateway makes an answer, and others wait for it.
#include <atomic>
#include <thread>

#include "controlplane/rpc/response_encoding.hpp"
#include "tests/unit/controlplane/rpc/sharing_gateways.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

class JoinResponseTest : public SharingGateways {};

TEST_F(JoinResponseTest, OneGatewayMakesTheAnswerAndTheOtherGetsIt) {
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

TEST_F(JoinResponseTest, TheLeaderIsToldOnceHoweverManyWait) {
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

TEST_F(JoinResponseTest, AWantedLeadNeverComesBeforeTheDecisionThatBeganIt) {
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

TEST_F(JoinResponseTest, AJoinerOfALeadThatEndsWithoutAnAnswerAsksAnew) {
  leader_->ask();
  auto joined = join();
  leader_->wanted_lead();

  leader_->end_lead();

  EXPECT_EQ(joined.get().status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(other_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
}

TEST_F(JoinResponseTest, AJoinerOfAGatewayThatVanishesAsksAnew) {
  leader_->ask();
  auto joined = join();
  leader_->wanted_lead();

  leader_->vanish();

  EXPECT_EQ(joined.get().status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(other_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
}

TEST_F(JoinResponseTest, LeadEndsCountBeforeTheQueriesOfTheirBatch) {
  leader_->ask();
  leader_->end_lead(/*local_join_count=*/3);

  EXPECT_EQ(leader_->ask().plan().cache_outcome(), v1::CACHE_OUTCOME_MISS_LEAD);
  EXPECT_EQ(stats().join_count, 3);
  EXPECT_EQ(stats().saved_output_token_count, 30);
}

TEST_F(JoinResponseTest, AJoinerThatIsCancelledIsForgotten) {
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

TEST_F(JoinResponseTest, WhoJoinsNothingIsToldSo) {
  EXPECT_EQ(join().get().status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(JoinResponseTest, JoinersAreSentAwayWhenTheServerShutsDown) {
  // Led by the process itself: no stream's end ends the lead first.
  class Owner final : public LeadOwner {
   public:
    void on_wanted(const RequestSignature&) override { wanted.set_value(); }
    std::promise<void> wanted;
  };
  const auto owner = std::make_shared<Owner>();
  SharedResponses& responses = served_->control_plane.responses();
  const SharingQuery query{.signature = *decode_signature(kSignature)};
  ASSERT_EQ(responses.look_up(query, "model-at-a", owner).outcome, SharingOutcome::kLead);
  auto joined = join();
  owner->wanted.get_future().wait();

  served_->server->shut_down(10s);

  EXPECT_EQ(joined.get().status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(JoinResponseTest, SurvivesJoinersAndLeadersThatVanish) {
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
