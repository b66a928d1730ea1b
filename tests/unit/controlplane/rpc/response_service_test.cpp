// What is stored, and what is given of it.
#include "controlplane/rpc/response_service.hpp"

#include "controlplane/rpc/response_encoding.hpp"
#include "controlplane/rpc/routing_encoding.hpp"
#include "tests/unit/controlplane/rpc/sharing_gateways.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

class ResponseServiceTest : public SharingGateways {
 protected:
  // Its texts are so long together.
  static v1::StoredAnswer answer_of_length(std::size_t length) {
    v1::StoredAnswer answer = answer_of("a");
    answer.set_message(std::string(length - answer.provider().size() - answer.upstream_model().size(), 'x'));
    return answer;
  }
};

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

TEST_F(ResponseServiceTest, AShortAnswerComesWithTheDecision) {
  store(answer_of("a"));
  served_->clock.advance(9s);

  const v1::RouteDecision decision = other_->ask();

  EXPECT_EQ(decision.answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_HIT);
  EXPECT_EQ(decision.answer_elsewhere().answer().SerializeAsString(), answer_of("a").SerializeAsString());
  EXPECT_EQ(decision.answer_elsewhere().answer_age().seconds(), 9);
  EXPECT_EQ(stats().hit_count, 1);
  EXPECT_EQ(stats().fetch_count, 0);
}

TEST_F(ResponseServiceTest, ALongAnswerIsToBeFetched) {
  store(answer_of_length(kMaxCarriedAnswerBytes));
  EXPECT_TRUE(other_->ask().answer_elsewhere().has_answer());
  store(answer_of_length(kMaxCarriedAnswerBytes + 1));

  const v1::RouteDecision decision = other_->ask();

  EXPECT_EQ(decision.answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_HIT);
  EXPECT_FALSE(decision.answer_elsewhere().has_answer());
  EXPECT_FALSE(decision.answer_elsewhere().has_answer_age());
  EXPECT_EQ(fetch().second.answer().SerializeAsString(), answer_of_length(kMaxCarriedAnswerBytes + 1).SerializeAsString());
  EXPECT_EQ(stats().hit_count, 2);
  EXPECT_EQ(stats().fetch_count, 1);
}

TEST_F(ResponseServiceTest, AnAnswerUnderWayComesWithNoDecision) {
  leader_->ask();
  store(answer_of("a"), kSignature, /*cacheable=*/false);

  const v1::RouteDecision decision = other_->ask();

  EXPECT_EQ(decision.answer_elsewhere().cache_outcome(), v1::CACHE_OUTCOME_JOIN);
  EXPECT_FALSE(decision.answer_elsewhere().has_answer());
}

TEST_F(ResponseServiceTest, OneMessageCarriesOnlySoMuchHoweverManyAskAtOnce) {
  constexpr std::size_t kAskers = 200;
  store(answer_of_length(kMaxCarriedAnswerBytes));

  // What a message has carried is no longer in the way of the next.
  for (int round = 0; round < 3; ++round) {
    std::size_t hits = 0;
    std::size_t carried = 0;
    for (const v1::DecideResponse& response : other_->ask_together(kAskers)) {
      EXPECT_LE(response.ByteSizeLong(), kMaxCarriedBytesOfMessage + 64 * 1024);
      for (const v1::RouteDecision& decision : response.decisions()) {
        hits += decision.answer_elsewhere().cache_outcome() == v1::CACHE_OUTCOME_HIT ? 1 : 0;
        carried += decision.answer_elsewhere().has_answer() ? 1 : 0;
      }
    }
    EXPECT_EQ(hits, kAskers);
    EXPECT_EQ(carried, kMaxCarriedBytesOfMessage / kMaxCarriedAnswerBytes);
  }
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

}  // namespace
}  // namespace balancer::controlplane
