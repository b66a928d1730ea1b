#include "gateway/coalescing/shared_answer.hpp"

#include <optional>

#include "tests/unit/gateway/coalescing/answer_fixture.hpp"

namespace balancer::gateway {
namespace {

using Kind = AnswerReader::Kind;

class SharedAnswerTest : public AnswerFixture {};

http::ResponseHead ok() { return http::ResponseHead(200); }

TEST_F(SharedAnswerTest, ALateReaderGetsThePrefixAndThenTheRest) {
  AnswerReader leader(answer_, Kind::kLeader);
  Seen first;
  spawn(read_all(leader, first));
  answer_->open_events(ok());
  answer_->append("Hel");
  run();

  AnswerReader follower(answer_, Kind::kFollower);
  Seen second;
  spawn(read_all(follower, second));
  EXPECT_EQ(second.text, "Hel");
  answer_->append("lo");
  answer_->end(AnswerState::kWhole);
  run();

  EXPECT_EQ(first.text, "Hello");
  EXPECT_EQ(second.text, "Hello");
  EXPECT_TRUE(first.ended);
  EXPECT_TRUE(second.ended);
  EXPECT_EQ(answer_->whole_text(), "Hello");
}

TEST_F(SharedAnswerTest, ADocumentComesInOnePiece) {
  AnswerReader leader(answer_, Kind::kLeader);
  Seen seen;
  spawn(read_all(leader, seen));

  answer_->put_document(ok(), "{}");
  run();

  EXPECT_EQ(seen.text, "{}");
  EXPECT_EQ(seen.state, AnswerState::kWhole);
  EXPECT_EQ(answer_->form(), AnswerForm::kDocument);
}

TEST_F(SharedAnswerTest, ASingleSlowReaderHoldsUpTheMaker) {
  AnswerReader leader(answer_, Kind::kLeader);
  answer_->open_events(ok());
  bool taken = false;
  spawn(write(*answer_, "12345", taken));
  EXPECT_FALSE(taken);

  leader.take(4);
  run();
  EXPECT_FALSE(taken);
  leader.take(1);
  run();

  EXPECT_TRUE(taken);
}

TEST_F(SharedAnswerTest, ASlowFollowerHoldsUpNobody) {
  AnswerReader leader(answer_, Kind::kLeader);
  AnswerReader slow(answer_, Kind::kFollower);
  answer_->open_events(ok());
  bool taken = false;
  spawn(write(*answer_, "12345", taken));

  leader.take(5);
  run();

  EXPECT_TRUE(taken);
}

TEST_F(SharedAnswerTest, ASlowLeaderHoldsUpNoFollower) {
  AnswerReader leader(answer_, Kind::kLeader);
  AnswerReader follower(answer_, Kind::kFollower);
  answer_->open_events(ok());
  bool taken = false;
  spawn(write(*answer_, "12345", taken));

  follower.take(5);
  run();

  EXPECT_TRUE(taken);
}

TEST_F(SharedAnswerTest, WithoutReadersTheMakerGoesOn) {
  auto leader = std::make_optional<AnswerReader>(answer_, Kind::kLeader);
  answer_->open_events(ok());
  bool taken = false;
  spawn(write(*answer_, "12345", taken));
  EXPECT_FALSE(taken);

  leader.reset();
  run();

  EXPECT_TRUE(taken);
}

TEST_F(SharedAnswerTest, AFollowerOfTheWholeWaitsForTheEndAndHoldsUpNobody) {
  AnswerReader follower(answer_, Kind::kFollowerOfTheWhole);
  Seen seen;
  spawn(read_all(follower, seen));
  answer_->open_events(ok());
  bool taken = false;
  spawn(write(*answer_, "12345", taken));
  EXPECT_TRUE(taken);
  EXPECT_EQ(seen.state, AnswerState::kPending);

  answer_->end(AnswerState::kWhole);
  run();

  EXPECT_EQ(seen.state, AnswerState::kWhole);
  EXPECT_EQ(answer_->whole_text(), "12345");
}

TEST_F(SharedAnswerTest, AnErrorIsForTheLeaderAlone) {
  AnswerReader leader(answer_, Kind::kLeader);
  AnswerReader follower(answer_, Kind::kFollowerOfTheWhole);
  Seen first;
  Seen second;
  spawn(read_all(leader, first));
  spawn(read_all(follower, second));

  answer_->fail(http::ResponseHead(529), "overloaded");
  run();

  EXPECT_EQ(first.text, "overloaded");
  EXPECT_EQ(second.text, "");
  EXPECT_EQ(second.state, AnswerState::kFailed);
  EXPECT_EQ(answer_->whole_text(), std::nullopt);
}

TEST_F(SharedAnswerTest, AWaitingLeaderIsHandedBytesAsTheyComeAndNobodyElseMissesThem) {
  std::string handed;
  AnswerReader leader(answer_, Kind::kLeader);
  leader.take_at_once([&](std::string_view bytes) {
    handed += bytes;
    return true;
  });
  Seen woken;
  spawn(read_all(leader, woken));
  answer_->open_events(ok());
  run();
  ASSERT_EQ(woken.state, AnswerState::kOpen);

  EXPECT_TRUE(answer_->append("Hel"));
  EXPECT_EQ(handed, "Hel");
  AnswerReader follower(answer_, Kind::kFollower);
  Seen seen;
  spawn(read_all(follower, seen));
  EXPECT_TRUE(answer_->append("lo"));
  answer_->end(AnswerState::kWhole);
  run();

  EXPECT_EQ(handed, "Hello");
  EXPECT_EQ(woken.text, "");
  EXPECT_TRUE(woken.ended);
  EXPECT_EQ(seen.text, "Hello");
}

TEST_F(SharedAnswerTest, ALeaderThatCannotTakeAllAtOnceHoldsUpTheMakerUntilItHas) {
  AnswerReader leader(answer_, Kind::kLeader);
  leader.take_at_once([](std::string_view) { return false; });
  std::optional<AnswerReader::Event> event;
  const auto wait = [&]() -> asio::awaitable<void> { event = co_await leader.next(); };
  answer_->open_events(ok());
  spawn(wait());
  ASSERT_EQ(event->state, AnswerState::kOpen);
  event.reset();
  spawn(wait());
  ASSERT_FALSE(event);

  bool taken = false;
  spawn(write(*answer_, "12345", taken));

  ASSERT_TRUE(event);
  EXPECT_TRUE(event->owes);
  EXPECT_TRUE(event->piece.bytes.empty());
  EXPECT_FALSE(taken);
  leader.settle();
  run();
  EXPECT_TRUE(taken);
}

TEST_F(SharedAnswerTest, ALeaderThatIsBusyOrBehindIsHandedNothing) {
  bool handed = false;
  AnswerReader leader(answer_, Kind::kLeader);
  leader.take_at_once([&](std::string_view) { return handed = true; });
  answer_->open_events(ok());

  EXPECT_FALSE(answer_->append("it does not wait"));
  leader.take(3);
  EXPECT_FALSE(answer_->append("it is behind"));

  EXPECT_FALSE(handed);
}

TEST_F(SharedAnswerTest, CanBeJoinedUntilSomebodyIsBeingGivenTheLastOfIt) {
  auto leader = std::make_optional<AnswerReader>(answer_, Kind::kLeader);
  EXPECT_TRUE(answer_->joinable());
  answer_->put_document(ok(), "{}");
  EXPECT_TRUE(answer_->joinable());

  leader->begin_last();
  EXPECT_FALSE(answer_->joinable());
  // The client left before it had everything.
  leader.reset();
  EXPECT_TRUE(answer_->joinable());
  EXPECT_TRUE(answer_->awaits_reader());

  AnswerReader retry(answer_, Kind::kFollowerOfTheWhole);
  retry.begin_last();
  retry.take_rest();
  EXPECT_FALSE(answer_->joinable());
  EXPECT_FALSE(answer_->awaits_reader());
}

TEST_F(SharedAnswerTest, FailedBrokenAndSealedAnswersCannotBeJoined) {
  answer_->fail(http::ResponseHead(500), "error");
  EXPECT_FALSE(answer_->joinable());

  const auto broken = make_answer(budget_);
  broken->open_events(ok());
  broken->end(AnswerState::kBroken);
  EXPECT_FALSE(broken->joinable());

  const auto sealed = make_answer(budget_);
  sealed->seal();
  EXPECT_FALSE(sealed->joinable());
}

TEST_F(SharedAnswerTest, APrivateAnswerGivesUpItsFollowersAndKeepsItsLeader) {
  AnswerReader leader(answer_, Kind::kLeader);
  AnswerReader follower(answer_, Kind::kFollower);
  Seen first;
  Seen second;
  spawn(read_all(leader, first));
  spawn(read_all(follower, second));

  answer_->make_private();
  answer_->open_events(ok());
  answer_->append("secret");
  answer_->end(AnswerState::kWhole);
  run();

  EXPECT_EQ(first.text, "secret");
  EXPECT_TRUE(second.given_up);
  EXPECT_EQ(second.text, "");
}

TEST_F(SharedAnswerTest, WhatIsTooLongToBeReplayedIsPassedOnInBoundedMemory) {
  AnswerReader leader(answer_, Kind::kLeader);
  Seen seen;
  spawn(read_all(leader, seen));
  answer_->open_events(ok());
  std::size_t sent = 0;
  for (int i = 0; i < 40; ++i) {
    bool taken = false;
    spawn(write(*answer_, std::string(1024 * 1024, 'x'), taken));
    ASSERT_TRUE(taken);
    sent += 1024 * 1024;
  }
  answer_->end(AnswerState::kWhole);
  run();

  EXPECT_EQ(seen.text.size(), sent);
  EXPECT_FALSE(answer_->joinable());
  EXPECT_LE(budget_.used(), SharedAnswer::kReplayLimit + 2 * 1024 * 1024);
  EXPECT_EQ(answer_->whole_text(), std::nullopt);
}

TEST_F(SharedAnswerTest, AFollowerThatLagsTooFarIsGivenUpAndTheOthersAreNot) {
  AnswerReader leader(answer_, Kind::kLeader);
  AnswerReader slow(answer_, Kind::kFollower);
  Seen seen;
  spawn(read_all(leader, seen));
  answer_->open_events(ok());
  for (int i = 0; i < 12; ++i) {
    bool taken = false;
    spawn(write(*answer_, std::string(1024 * 1024, 'x'), taken));
    ASSERT_TRUE(taken);
  }

  Seen lagging;
  spawn(read_all(slow, lagging));

  EXPECT_TRUE(lagging.given_up);
  EXPECT_FALSE(seen.given_up);
  EXPECT_EQ(seen.text.size(), 12u * 1024 * 1024);
  EXPECT_LE(budget_.used(), 7u * 1024 * 1024);
}

TEST_F(SharedAnswerTest, AFollowerOfTheWholeIsGivenUpWhenThereWillBeNoWhole) {
  AnswerReader leader(answer_, Kind::kLeader);
  AnswerReader follower(answer_, Kind::kFollowerOfTheWhole);
  Seen seen;
  spawn(read_all(follower, seen));
  answer_->open_events(ok());
  for (int i = 0; i < 6; ++i) answer_->append(std::string(1024 * 1024, 'x'));
  run();

  EXPECT_TRUE(seen.given_up);
}

TEST_F(SharedAnswerTest, BeyondTheProcessesBudgetNothingIsKeptForReadersToCome) {
  ReplayBudget small(64 * 1024);
  const auto first = make_answer(small);
  const auto second = make_answer(small);
  first->open_events(ok());
  second->open_events(ok());
  first->append(std::string(60 * 1024, 'x'));
  second->append(std::string(60 * 1024, 'x'));

  EXPECT_TRUE(first->joinable());
  EXPECT_FALSE(second->joinable());
}

TEST_F(SharedAnswerTest, GivesItsShareOfTheBudgetBack) {
  answer_->open_events(ok());
  answer_->append(std::string(100'000, 'x'));
  EXPECT_GE(budget_.used(), 100'000u);

  answer_.reset();

  EXPECT_EQ(budget_.used(), 0u);
}

TEST_F(SharedAnswerTest, CountsTheFollowersThatWereThereAtTheEnd) {
  AnswerReader leader(answer_, Kind::kLeader);
  AnswerReader live(answer_, Kind::kFollower);
  AnswerReader whole(answer_, Kind::kFollowerOfTheWhole);
  { const AnswerReader gone(answer_, Kind::kFollower); }
  answer_->open_events(ok());

  answer_->end(AnswerState::kWhole);

  EXPECT_EQ(answer_->follower_count(), 2u);
}

TEST_F(SharedAnswerTest, AReaderCanBeWokenForReasonsOfItsOwn) {
  AnswerReader leader(answer_, Kind::kLeader);
  bool woken = false;
  const auto wait = [](AnswerReader& reader, bool& flag) -> asio::awaitable<void> {
    const AnswerReader::Event event = co_await reader.next();
    flag = event.state == AnswerState::kPending;
  };
  spawn(wait(leader, woken));
  EXPECT_FALSE(woken);

  leader.wake();
  run();

  EXPECT_TRUE(woken);
}

}  // namespace
}  // namespace balancer::gateway
