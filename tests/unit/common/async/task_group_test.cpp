#include "common/async/task_group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace balancer {
namespace {

using testing::ElementsAre;

class TaskGroupTest : public testing::Test {
 protected:
  // Runs until nothing is left to do.
  void run() {
    context_.restart();
    context_.run();
  }
  asio::awaitable<void> wait_for_gate(std::string name) {
    co_await gate_.async_wait(kAwaitTuple);
    events_.push_back(std::move(name));
  }
  asio::awaitable<void> spawn_child() {
    group_.spawn(wait_for_gate("child"));
    co_return;
  }
  asio::awaitable<void> fail() {
    throw std::runtime_error("a bug");
    co_return;
  }
  asio::awaitable<void> join() {
    co_await group_.join();
    events_.push_back("joined");
  }
  void remember(std::exception_ptr exception) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& error) {
      events_.push_back(error.what());
    }
  }

  asio::io_context context_;
  asio::steady_timer gate_{context_, std::chrono::steady_clock::time_point::max()};
  std::vector<std::string> events_;
  TaskGroup group_{context_.get_executor(), [this](std::exception_ptr exception) { remember(exception); }};
};

TEST_F(TaskGroupTest, JoinWaitsForAllTasks) {
  group_.spawn(wait_for_gate("first"));
  group_.spawn(wait_for_gate("second"));
  asio::co_spawn(context_, join(), [](std::exception_ptr) {});
  context_.poll();
  EXPECT_THAT(events_, ElementsAre());
  EXPECT_EQ(group_.size(), 2u);

  gate_.cancel();
  run();

  EXPECT_THAT(events_, ElementsAre("first", "second", "joined"));
  EXPECT_EQ(group_.size(), 0u);
}

TEST_F(TaskGroupTest, JoinOfAnEmptyGroupCompletesAtOnce) {
  asio::co_spawn(context_, join(), [](std::exception_ptr) {});

  run();

  EXPECT_THAT(events_, ElementsAre("joined"));
}

TEST_F(TaskGroupTest, WhatATaskThrowsIsSeenAndTheOthersGoOn) {
  group_.spawn(fail());
  group_.spawn(wait_for_gate("other"));
  context_.poll();
  EXPECT_THAT(events_, ElementsAre("a bug"));

  gate_.cancel();
  run();

  EXPECT_THAT(events_, ElementsAre("a bug", "other"));
}

TEST_F(TaskGroupTest, JoinWaitsForTasksThatTasksSpawn) {
  group_.spawn(spawn_child());
  asio::co_spawn(context_, join(), [](std::exception_ptr) {});
  context_.poll();
  EXPECT_THAT(events_, ElementsAre());

  gate_.cancel();
  run();

  EXPECT_THAT(events_, ElementsAre("child", "joined"));
}

TEST_F(TaskGroupTest, MayBeUsedAgainAfterJoining) {
  asio::co_spawn(context_, join(), [](std::exception_ptr) {});
  run();

  group_.spawn(wait_for_gate("later"));
  asio::co_spawn(context_, join(), [](std::exception_ptr) {});
  context_.restart();
  context_.poll();
  gate_.cancel();
  run();

  EXPECT_THAT(events_, ElementsAre("joined", "later", "joined"));
}

}  // namespace
}  // namespace balancer
