// Spawned coroutines with an owner: what they throw is seen, and shutdown can wait for them.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>

#include "common/async/asio.hpp"

namespace balancer {

// Stays on one thread. Must outlive its tasks: await join() or drain the io_context before destroying it.
class TaskGroup {
 public:
  // Called with what a task threw; a thrown exception is a bug.
  using OnException = std::function<void(std::exception_ptr)>;

  TaskGroup(asio::any_io_executor executor, OnException on_exception);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Arguments of the task must be values or outlive it.
  void spawn(asio::awaitable<void> task);

  [[nodiscard]] std::size_t size() const { return running_; }

  // Completes when no task runs any more.
  asio::awaitable<void> join();

 private:
  asio::any_io_executor executor_;
  OnException on_exception_;
  std::size_t running_ = 0;
  // Cancelled whenever running_ falls to zero.
  asio::steady_timer idle_;
};

}  // namespace balancer
