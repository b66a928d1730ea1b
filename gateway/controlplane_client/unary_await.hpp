// A unary call as a coroutine awaits it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "common/async/asio.hpp"
#include "gateway/controlplane_client/unary_call.hpp"

namespace balancer::gateway {

// Given, at once, what cancels the call.
using OnCallStarted = std::function<void(std::function<void()>)>;

// Completes on the executor of the coroutine that awaits it, with what `read` makes of the status and the response.
// `on_started` may be empty.
template <class Outcome, class Response, class Request, class Method>
asio::awaitable<Outcome> await_unary_call(std::shared_ptr<LiveCalls> calls, Request request,
                                          std::chrono::milliseconds deadline, Method method,
                                          Outcome (*read)(const grpc::Status&, Response&), OnCallStarted on_started) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto initiation = [&](auto handler) {
    auto shared_handler = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::prefer(executor, asio::execution::outstanding_work.tracked);
    auto done = [shared_handler = std::move(shared_handler), work = std::move(work), read](const grpc::Status& status,
                                                                                          Response& response) {
      asio::post(work, [shared_handler, outcome = read(status, response)]() mutable {
        std::move (*shared_handler)(std::move(outcome));
      });
    };
    auto cancel = start_unary_call<Response>(calls, std::move(request), deadline, method, std::move(done));
    if (on_started) on_started(std::move(cancel));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Outcome)>(initiation,
                                                                                       asio::use_awaitable);
}

}  // namespace balancer::gateway
