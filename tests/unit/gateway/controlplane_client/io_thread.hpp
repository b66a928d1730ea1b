// One I/O thread of a gateway, with its timer wheel.
#pragma once

#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"

namespace balancer::gateway {

class IoThread {
 public:
  IoThread() : thread_([this] { context_.run(); }) {}
  ~IoThread() {
    work_.reset();
    context_.stop();
    thread_.join();
  }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Only for use on the thread.
  [[nodiscard]] TimerWheel& wheel() { return wheel_; }

  // Runs `function` on the thread and waits for it.
  template <class Function>
  void run(Function function) {
    std::promise<void> done;
    asio::post(context_, [&] {
      function();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Starts the coroutine on the thread.
  template <class Value>
  std::future<Value> spawn(asio::awaitable<Value> coroutine) {
    auto promise = std::make_shared<std::promise<Value>>();
    auto future = promise->get_future();
    asio::co_spawn(context_, keep_value(std::move(coroutine), promise), [promise](std::exception_ptr exception) {
      if (exception) promise->set_exception(exception);
    });
    return future;
  }

 private:
  template <class Value>
  static asio::awaitable<void> keep_value(asio::awaitable<Value> coroutine,
                                          std::shared_ptr<std::promise<Value>> promise) {
    promise->set_value(co_await std::move(coroutine));
  }

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(context_);
  TimerWheel wheel_{context_};
  std::thread thread_;
};

}  // namespace balancer::gateway
