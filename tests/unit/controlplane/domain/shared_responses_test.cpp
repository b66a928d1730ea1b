#include "controlplane/domain/shared_responses.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/fakes/fake_clock.hpp"
#include "tests/unit/controlplane/domain/sharing_parties.hpp"

namespace balancer::controlplane {
namespace {

using namespace std::chrono_literals;

constexpr const char* kModel = "model-at-a";

class SharedResponsesTest : public testing::Test {
 protected:
  SharedResponsesTest() { configure(); }

  void configure() { responses_.configure(cache_, sharing_); }
  static SharingQuery question(std::uint32_t number = 1) { return {.signature = signature(number)}; }
  static SharingQuery fresh_question(std::uint32_t number = 1) {
    return {.signature = signature(number), .max_output_token_count = 0, .wants_fresh_answer = true};
  }
  static SharingQuery short_question(std::int64_t max_output_token_count) {
    return {.signature = signature(1), .max_output_token_count = max_output_token_count};
  }
  SharingOutcome ask(const SharingQuery& query, const std::shared_ptr<RecordingOwner>& owner,
                     std::string_view model = kModel) {
    return responses_.look_up(query, model, owner).outcome;
  }
  void store(std::uint32_t number = 1, std::int64_t output_token_count = 10) {
    responses_.store(signature(number), answer_of("a", output_token_count), /*cacheable=*/true);
  }
  void end(const RecordingOwner& owner, std::uint32_t number = 1) {
    responses_.end_lead({.signature = signature(number)}, owner);
  }

  FakeClock clock_;
  CacheSettings cache_{.max_entries = 100, .max_bytes = 1 << 20, .time_to_live = 60s};
  ResponseSharing sharing_ = [] {
    ResponseSharing sharing;
    sharing.caching = true;
    return sharing;
  }();
  SharedResponses responses_{clock_};
  std::shared_ptr<RecordingOwner> first_ = std::make_shared<RecordingOwner>();
  std::shared_ptr<RecordingOwner> second_ = std::make_shared<RecordingOwner>();
};

TEST_F(SharedResponsesTest, TheFirstLeadsAndOthersJoin) {
  EXPECT_EQ(ask(question(), first_), SharingOutcome::kLead);
  EXPECT_EQ(ask(question(), second_), SharingOutcome::kJoin);
  EXPECT_EQ(ask(question(2), second_), SharingOutcome::kLead) << "another question";
}

// A client may ask again as soon as it has its answer, which may be on its way to the cache still.
TEST_F(SharedResponsesTest, TheOwnerOfALeadJoinsItToo) {
  ask(question(), first_);

  EXPECT_EQ(ask(question(), first_), SharingOutcome::kJoin);
}

TEST_F(SharedResponsesTest, NobodyLeadsWithoutAnOwner) {
  EXPECT_EQ(ask(question(), nullptr), SharingOutcome::kBypass);
  EXPECT_EQ(ask(question(), first_), SharingOutcome::kLead);
}

TEST_F(SharedResponsesTest, TheOwnerIsToldOnceThatOthersWait) {
  RecordingWaiter waiters[3];
  ask(question(), first_);
  EXPECT_TRUE(first_->wanted.empty());

  for (RecordingWaiter& waiter : waiters) EXPECT_TRUE(responses_.join(signature(1), waiter));

  EXPECT_EQ(first_->wanted, std::vector{signature(1)});
  end(*first_);
}

TEST_F(SharedResponsesTest, AllWhoWaitAreGivenTheAnswer) {
  RecordingWaiter waiters[3];
  ask(question(), first_);
  for (RecordingWaiter& waiter : waiters) ASSERT_TRUE(responses_.join(signature(1), waiter));
  const SharedAnswer answer = answer_of("a");

  responses_.store(signature(1), answer, /*cacheable=*/false);
  end(*first_);

  for (const RecordingWaiter& waiter : waiters) {
    EXPECT_EQ(waiter.told_count, 1);
    EXPECT_EQ(waiter.answer, answer);
  }
}

TEST_F(SharedResponsesTest, WhoComesBetweenTheAnswerAndTheEndOfItsLeadGetsItAtOnce) {
  RecordingWaiter waiter;
  ask(question(), first_);
  const SharedAnswer answer = answer_of("a");
  responses_.store(signature(1), answer, /*cacheable=*/false);
  EXPECT_EQ(ask(question(), second_), SharingOutcome::kJoin);

  EXPECT_TRUE(responses_.join(signature(1), waiter));

  EXPECT_EQ(waiter.answer, answer);
  EXPECT_TRUE(first_->wanted.empty()) << "nothing is wanted of it any more";
}

TEST_F(SharedResponsesTest, ALeadThatEndsWithoutAnAnswerLeavesNothing) {
  RecordingWaiter waiter;
  ask(question(), first_);
  ASSERT_TRUE(responses_.join(signature(1), waiter));

  end(*first_);

  EXPECT_EQ(waiter.told_count, 1);
  EXPECT_EQ(waiter.answer, nullptr);
  EXPECT_FALSE(responses_.join(signature(1), waiter));
  EXPECT_EQ(ask(question(), second_), SharingOutcome::kLead);
}

TEST_F(SharedResponsesTest, OnlyTheOwnerEndsALead) {
  ask(question(), first_);

  end(*second_);
  responses_.abandon(*second_);

  EXPECT_EQ(ask(question(), second_), SharingOutcome::kJoin);
}

TEST_F(SharedResponsesTest, AnOwnerThatIsGoneEndsAllItsLeads) {
  RecordingWaiter of_first;
  RecordingWaiter of_second;
  ask(question(1), first_);
  ask(question(2), first_);
  ask(question(3), second_);
  ASSERT_TRUE(responses_.join(signature(1), of_first));
  ASSERT_TRUE(responses_.join(signature(3), of_second));

  responses_.abandon(*first_);

  EXPECT_EQ(of_first.told_count, 1);
  EXPECT_EQ(of_first.answer, nullptr);
  EXPECT_EQ(of_second.told_count, 0);
  EXPECT_EQ(ask(question(2), second_), SharingOutcome::kLead);
  EXPECT_EQ(ask(question(3), first_), SharingOutcome::kJoin);
  EXPECT_TRUE(responses_.leave(signature(3), of_second));
}

TEST_F(SharedResponsesTest, WhoHasLeftIsNotTold) {
  RecordingWaiter waiter;
  ask(question(), first_);
  ASSERT_TRUE(responses_.join(signature(1), waiter));

  EXPECT_TRUE(responses_.leave(signature(1), waiter));
  EXPECT_FALSE(responses_.leave(signature(1), waiter));
  store();
  end(*first_);

  EXPECT_EQ(waiter.told_count, 0);
  EXPECT_EQ(responses_.stats().join_count, 0);
}

TEST_F(SharedResponsesTest, AStoredAnswerIsFoundUntilItIsTooOld) {
  store();
  clock_.advance(60s - 1ms);
  EXPECT_EQ(ask(question(), first_), SharingOutcome::kHit);
  const std::optional<FoundAnswer> fetched = responses_.fetch(signature(1));
  ASSERT_TRUE(fetched);
  EXPECT_EQ(fetched->answer->message, answer_of("a")->message);
  EXPECT_EQ(fetched->age, 60s - 1ms);

  clock_.advance(1ms);

  EXPECT_FALSE(responses_.fetch(signature(1)));
  EXPECT_EQ(ask(question(), first_), SharingOutcome::kLead);
}

TEST_F(SharedResponsesTest, AHitComesWithTheAnswerAndItsAge) {
  const SharedAnswer answer = answer_of("a");
  responses_.store(signature(1), answer, /*cacheable=*/true);
  clock_.advance(9s);

  const Sharing sharing = responses_.look_up(question(), kModel, first_);

  EXPECT_EQ(sharing.outcome, SharingOutcome::kHit);
  ASSERT_TRUE(sharing.found);
  EXPECT_EQ(sharing.found->answer, answer);
  EXPECT_EQ(sharing.found->age, 9s);
}

TEST_F(SharedResponsesTest, WhatIsNoHitComesWithNothing) {
  store(2);

  EXPECT_FALSE(responses_.look_up(question(), kModel, first_).found) << "a lead";
  EXPECT_FALSE(responses_.look_up(question(), kModel, second_).found) << "a join";
  EXPECT_FALSE(responses_.look_up(fresh_question(2), kModel, nullptr).found) << "a bypass";
  EXPECT_FALSE(responses_.look_up(question(2), "another model", nullptr).found) << "of another model";
}

TEST_F(SharedResponsesTest, AHitIsCountedOnceWhetherItIsFetchedOrNot) {
  store();

  ask(question(), first_);
  ask(question(), first_);
  EXPECT_TRUE(responses_.fetch(signature(1)));
  EXPECT_FALSE(responses_.fetch(signature(2)));

  const CacheStats stats = responses_.stats();
  EXPECT_EQ(stats.hit_count, 2);
  EXPECT_EQ(stats.saved_output_token_count, 20);
  EXPECT_EQ(stats.fetch_count, 1) << "what was not found was not fetched";
}

TEST_F(SharedResponsesTest, WhatMayNotBeKeptIsNot) {
  responses_.store(signature(1), answer_of("a"), /*cacheable=*/false);

  EXPECT_FALSE(responses_.fetch(signature(1)));
  EXPECT_EQ(ask(question(), first_), SharingOutcome::kLead);
}

TEST_F(SharedResponsesTest, AnAnswerOfAnotherModelIsNotServed) {
  responses_.store(signature(1), answer_of("fallback"), /*cacheable=*/true);

  EXPECT_EQ(ask(question(), first_), SharingOutcome::kLead);
  EXPECT_EQ(ask(question(), second_, "model-at-fallback"), SharingOutcome::kHit);
}

TEST_F(SharedResponsesTest, AnAnswerLongerThanTheRequestAllowsIsNotServed) {
  store(1, /*output_token_count=*/10);

  EXPECT_EQ(ask(short_question(9), nullptr), SharingOutcome::kBypass);
  EXPECT_EQ(ask(short_question(10), nullptr), SharingOutcome::kHit);
  EXPECT_EQ(ask(short_question(0), nullptr), SharingOutcome::kHit) << "no limit";
}

TEST_F(SharedResponsesTest, AnAnswerOfALeadThatDoesNotSuitIsNotJoined) {
  ask(question(), first_);
  responses_.store(signature(1), answer_of("a", 10), /*cacheable=*/false);

  EXPECT_EQ(ask(short_question(9), second_), SharingOutcome::kBypass);
  EXPECT_EQ(ask(question(), second_, "another-model"), SharingOutcome::kBypass);
  EXPECT_EQ(ask(short_question(10), second_), SharingOutcome::kJoin);
}

TEST_F(SharedResponsesTest, WhoWantsAFreshAnswerGetsNoneOfOthers) {
  store();

  EXPECT_EQ(ask(fresh_question(), first_), SharingOutcome::kLead);
  EXPECT_EQ(ask(fresh_question(), second_), SharingOutcome::kBypass);
  EXPECT_EQ(ask(question(), second_), SharingOutcome::kHit);
}

TEST_F(SharedResponsesTest, WithoutCoalescingNobodyLeadsOrJoinsButAnswersAreStored) {
  ask(question(1), first_);
  sharing_.coalescing = false;
  configure();

  EXPECT_EQ(ask(question(1), second_), SharingOutcome::kBypass);
  EXPECT_EQ(ask(question(2), second_), SharingOutcome::kBypass);
  store(2);

  EXPECT_EQ(ask(question(2), second_), SharingOutcome::kHit);
}

TEST_F(SharedResponsesTest, WithoutCachingNothingIsAHit) {
  sharing_.caching = false;
  configure();
  ask(question(), first_);
  store();
  end(*first_);

  EXPECT_FALSE(responses_.fetch(signature(1)));
  EXPECT_EQ(ask(question(), first_), SharingOutcome::kLead);
}

TEST_F(SharedResponsesTest, NothingOldIsServedAfterCachingWasOff) {
  store();
  const CacheSettings with_cache = cache_;

  sharing_.caching = false;
  configure();
  sharing_.caching = true;
  configure();
  EXPECT_FALSE(responses_.fetch(signature(1)));
  store();
  cache_.max_entries = 0;
  configure();
  cache_ = with_cache;
  configure();

  EXPECT_FALSE(responses_.fetch(signature(1)));
  EXPECT_EQ(ask(question(), first_), SharingOutcome::kLead);
  EXPECT_EQ(responses_.stats().flushed_count, 2);
}

TEST_F(SharedResponsesTest, WhatAnOperatorFlushedIsGone) {
  store(1);
  store(2);

  EXPECT_EQ(responses_.flush(), 2);

  EXPECT_EQ(ask(question(1), first_), SharingOutcome::kLead);
  EXPECT_EQ(responses_.stats().entry_count, 0);
}

TEST_F(SharedResponsesTest, CountsWhatSharingSaves) {
  RecordingWaiter waiters[3];
  ask(question(), first_);
  for (RecordingWaiter& waiter : waiters) ASSERT_TRUE(responses_.join(signature(1), waiter));
  ASSERT_TRUE(responses_.leave(signature(1), waiters[2]));
  EXPECT_EQ(responses_.stats().lead_count, 1);
  store();
  responses_.end_lead(
      {.signature = signature(1), .local_join_count = 4, .input_token_count = 100, .output_token_count = 10}, *first_);
  ask(question(), second_);

  const CacheStats stats = responses_.stats();

  EXPECT_TRUE(stats.enabled);
  EXPECT_EQ(stats.lead_count, 0);
  EXPECT_EQ(stats.miss_count, 1);
  EXPECT_EQ(stats.join_count, 2 + 4);
  EXPECT_EQ(stats.hit_count, 1);
  EXPECT_EQ(stats.saved_input_token_count, (2 + 4 + 1) * 100);
  EXPECT_EQ(stats.saved_output_token_count, (2 + 4 + 1) * 10);
  EXPECT_EQ(stats.stored_count, 1);
  EXPECT_EQ(stats.entry_count, 1);
  EXPECT_GT(stats.byte_count, 0);
  EXPECT_EQ(stats.entry_limit, 100);
  EXPECT_EQ(stats.byte_limit, 1 << 20);
  EXPECT_EQ(stats.time_to_live, 60s);
}

TEST_F(SharedResponsesTest, NoSumOfWhatGatewaysTellTurnsRound) {
  LeadEnd boast{.signature = signature(1), .local_join_count = 1'000'000, .output_token_count = 1'000'000'000};
  for (int told = 0; told < 10'000; ++told) {
    ask(question(), first_);
    responses_.end_lead(boast, *first_);
  }

  EXPECT_EQ(responses_.stats().saved_output_token_count, std::numeric_limits<std::int64_t>::max());
}

TEST_F(SharedResponsesTest, WithoutCoalescingALookUpThatFindsNothingIsAMiss) {
  sharing_.coalescing = false;
  configure();

  ask(question(), first_);
  EXPECT_EQ(responses_.stats().miss_count, 1);
  ask(fresh_question(), first_);
  sharing_.caching = false;
  configure();
  ask(question(), first_);

  EXPECT_EQ(responses_.stats().miss_count, 1) << "nothing was looked for";
}

TEST_F(SharedResponsesTest, WhatIsTooOldIsNotCountedAsThere) {
  store();
  clock_.advance(60s);

  EXPECT_EQ(responses_.stats().entry_count, 0);
  EXPECT_EQ(responses_.stats().expired_count, 1);
}

// A waiter that goes on at once, as a call that was answered may: it would hang if a lock were held.
class AskingWaiter final : public AnswerWaiter {
 public:
  explicit AskingWaiter(SharedResponses& responses) : responses_(responses) {}
  void on_answer(const SharedAnswer&) override { lead_count = responses_.stats().lead_count; }

  std::int64_t lead_count = -1;

 private:
  SharedResponses& responses_;
};

TEST_F(SharedResponsesTest, ThoseWhoAreToldMayAskAtOnce) {
  AskingWaiter answered(responses_);
  AskingWaiter abandoned(responses_);
  ask(question(1), first_);
  ask(question(2), first_);
  ASSERT_TRUE(responses_.join(signature(1), answered));
  ASSERT_TRUE(responses_.join(signature(2), abandoned));

  store(1);
  responses_.abandon(*first_);

  EXPECT_EQ(answered.lead_count, 2);
  EXPECT_EQ(abandoned.lead_count, 0);
}

}  // namespace
}  // namespace balancer::controlplane
