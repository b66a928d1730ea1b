#include "common/async/task_group.hpp"

#include <utility>

namespace balancer {

TaskGroup::TaskGroup(asio::any_io_executor executor, OnException on_exception)
    : executor_(std::move(executor)), on_exception_(std::move(on_exception)), idle_(executor_) {
  idle_.expires_at(std::chrono::steady_clock::time_point::max());
}

void TaskGroup::spawn(asio::awaitable<void> task) {
  ++running_;
  asio::co_spawn(executor_, std::move(task), [this](std::exception_ptr exception) {
    if (exception) on_exception_(exception);
    if (--running_ == 0) idle_.cancel();
  });
}

asio::awaitable<void> TaskGroup::join() {
  while (running_ > 0) co_await idle_.async_wait(kAwaitTuple);
}

}  // namespace balancer
