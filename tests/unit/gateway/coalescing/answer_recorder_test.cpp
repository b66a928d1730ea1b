#include "gateway/coalescing/answer_recorder.hpp"

#include <optional>

#include "tests/unit/gateway/coalescing/answer_fixture.hpp"

namespace balancer::gateway {
namespace {

using namespace std::chrono_literals;
using Kind = AnswerReader::Kind;

class AnswerRecorderTest : public AnswerFixture {
 protected:
  AnswerRecorderTest() { leader_.emplace(answer_, Kind::kLeader); }

  AnswerRecorder& record(std::chrono::milliseconds linger = 1h) {
    return recorder_.emplace(request_, answer_, wheel_, linger);
  }
  // Runs until the wheel has nothing to wait for any more.
  void run_timers() {
    context_.restart();
    context_.run();
  }

  RequestCopy request_{http::RequestHead{}, "req_test"};
  std::optional<AnswerReader> leader_;
  std::optional<AnswerRecorder> recorder_;
};

asio::awaitable<void> respond(AnswerRecorder& recorder, int status, std::string body, bool& accepted) {
  const http::ResponseHead head(status);
  accepted = co_await recorder.respond(head, body);
}

asio::awaitable<void> finish(AnswerRecorder& recorder) { co_await recorder.finish_stream(); }

asio::awaitable<void> keep(AnswerRecorder& recorder, bool& done) {
  co_await recorder.keep_for_retry();
  done = true;
}

TEST_F(AnswerRecorderTest, ASuccessIsForEverybodyAndAnErrorForTheLeader) {
  bool accepted = false;
  spawn(respond(record(), 200, "{}", accepted));
  EXPECT_TRUE(accepted);
  EXPECT_EQ(answer_->whole_text(), "{}");

  recorder_.reset();
  const auto failing = make_answer(budget_);
  const AnswerReader reader(failing, Kind::kLeader);
  AnswerRecorder second(request_, failing, wheel_, 1h);
  spawn(respond(second, 400, "error", accepted));
  EXPECT_FALSE(failing->joinable());
  EXPECT_EQ(failing->head().status(), 400);
}

TEST_F(AnswerRecorderTest, TheMakingEndsWhenNobodyHasReadForTheLinger) {
  AnswerRecorder& recorder = record(1ms);
  bool gone = false;
  recorder.watch_client([&] { gone = true; });

  leader_.reset();
  run_timers();

  EXPECT_TRUE(gone);
  EXPECT_TRUE(recorder.client_gone());
  EXPECT_FALSE(answer_->joinable());
}

TEST_F(AnswerRecorderTest, AClientThatComesBackKeepsTheMakingUp) {
  AnswerRecorder& recorder = record();
  bool gone = false;
  recorder.watch_client([&] { gone = true; });
  leader_.reset();
  run();
  EXPECT_FALSE(gone);
  EXPECT_TRUE(answer_->joinable());

  leader_.emplace(answer_, Kind::kFollower);
  run();
  recorder.stop_lingering();
  run();

  EXPECT_FALSE(gone);
  EXPECT_FALSE(recorder.client_gone());
}

TEST_F(AnswerRecorderTest, WithoutLingerTheMakingEndsWithItsLastReader) {
  AnswerRecorder& recorder = record(0ms);
  bool gone = false;
  recorder.watch_client([&] { gone = true; });

  leader_.reset();
  run();

  EXPECT_TRUE(gone);
}

TEST_F(AnswerRecorderTest, WhoWatchesAfterwardsIsToldToo) {
  AnswerRecorder& recorder = record(0ms);
  leader_.reset();
  run();

  bool gone = false;
  recorder.watch_client([&] { gone = true; });
  EXPECT_FALSE(gone);
  run();

  EXPECT_TRUE(gone);
}

TEST_F(AnswerRecorderTest, AFollowerKeepsTheMakingUpWhenTheLeaderLeaves) {
  AnswerRecorder& recorder = record(0ms);
  const AnswerReader follower(answer_, Kind::kFollower);

  leader_.reset();
  run();

  EXPECT_FALSE(recorder.client_gone());
}

TEST_F(AnswerRecorderTest, AReaderThatIsToEndAsksForALastWord) {
  AnswerRecorder& recorder = record();
  bool told = false;
  recorder.watch_client([&] { told = true; });

  leader_->ask_maker_to_end();
  run();

  EXPECT_TRUE(told);
  EXPECT_FALSE(recorder.client_gone());
}

TEST_F(AnswerRecorderTest, ALastWordThatNobodyWaitedForIsAskedForOfTheNextAttempt) {
  AnswerRecorder& recorder = record();
  leader_->ask_maker_to_end();
  run();
  bool told = false;

  recorder.watch_client([&] { told = true; });
  run();

  EXPECT_TRUE(told);
}

TEST_F(AnswerRecorderTest, AnAnswerThatNobodyGotIsKeptForARetry) {
  AnswerRecorder& recorder = record();
  recorder.begin_stream(http::ResponseHead(200));
  recorder.push_piece("all of it");
  leader_.reset();
  spawn(finish(recorder));
  bool done = false;
  spawn(keep(recorder, done));
  EXPECT_FALSE(done);
  EXPECT_TRUE(answer_->joinable());

  leader_.emplace(answer_, Kind::kFollower);
  Seen seen;
  spawn(read_all(*leader_, seen));
  leader_.reset();
  run();

  EXPECT_EQ(seen.text, "all of it");
  EXPECT_TRUE(done);
}

TEST_F(AnswerRecorderTest, AnAnswerThatWasGivenIsNotKept) {
  AnswerRecorder& recorder = record();
  bool accepted = false;
  spawn(respond(recorder, 200, "{}", accepted));
  leader_->begin_last();
  leader_->take_rest();

  bool done = false;
  spawn(keep(recorder, done));

  EXPECT_TRUE(done);
}

TEST_F(AnswerRecorderTest, WhatWasNotEndedIsBrokenAndWhatWasNotBegunHasFailed) {
  record().begin_stream(http::ResponseHead(200));
  recorder_.reset();
  Seen seen;
  spawn(read_all(*leader_, seen));
  EXPECT_EQ(seen.state, AnswerState::kBroken);

  const auto silent = make_answer(budget_);
  AnswerReader reader(silent, Kind::kLeader);
  { const AnswerRecorder recorder(request_, silent, wheel_, 1h); }
  Seen nothing;
  spawn(read_all(reader, nothing));
  EXPECT_EQ(nothing.state, AnswerState::kFailed);
}

TEST_F(AnswerRecorderTest, ACompressedStreamIsForTheLeaderAlone) {
  const AnswerReader follower(answer_, Kind::kFollower);
  http::ResponseHead head(200);
  head.add("content-encoding", "br");

  record().begin_stream(head);

  EXPECT_FALSE(answer_->joinable());
}

}  // namespace
}  // namespace balancer::gateway
