// One io_context on which an answer is made and read.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "gateway/coalescing/answer_reader.hpp"
#include "gateway/coalescing/shared_answer.hpp"

namespace balancer::gateway {

class AnswerFixture : public testing::Test {
 protected:
  // Runs whatever can run now; waits for nothing.
  void run() {
    context_.restart();
    context_.poll();
  }
  void spawn(asio::awaitable<void> task) {
    asio::co_spawn(context_, std::move(task), [](std::exception_ptr thrown) { ASSERT_EQ(thrown, nullptr); });
    run();
  }

  std::shared_ptr<SharedAnswer> make_answer(ReplayBudget& budget) {
    return std::make_shared<SharedAnswer>(context_.get_executor(), AskedFor{AnswerForm::kEvents, 100}, budget);
  }

  // What a reader that takes everything at once has seen.
  struct Seen {
    std::string text;
    AnswerState state = AnswerState::kPending;
    bool given_up = false;
    bool ended = false;
  };
  static asio::awaitable<void> read_all(AnswerReader& reader, Seen& seen) {
    while (!seen.ended) {
      const AnswerReader::Event event = co_await reader.next();
      seen.state = event.state;
      seen.given_up = event.given_up;
      seen.text += event.piece.bytes;
      reader.take(event.piece.bytes.size());
      seen.ended = event.given_up || (event.state >= AnswerState::kWhole && event.piece.bytes.empty());
    }
  }
  // The maker's part of one piece.
  static asio::awaitable<void> write(SharedAnswer& answer, std::string bytes, bool& taken) {
    answer.append(bytes);
    co_await answer.wait_until_taken();
    taken = true;
  }

  asio::io_context context_;
  TimerWheel wheel_{context_};
  ReplayBudget budget_;
  std::shared_ptr<SharedAnswer> answer_ = make_answer(budget_);
};

}  // namespace balancer::gateway
