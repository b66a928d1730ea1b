// A thread's worth of upstream client on a private io_context.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "common/upstream/connection_pool.hpp"
#include "common/upstream/resolver.hpp"
#include "common/upstream/tls_contexts.hpp"
#include "common/upstream/upstream_call.hpp"

namespace balancer {

struct Answer {
  int status = 0;
  std::string body;
  std::uint64_t bytes_received = 0;
};

class UpstreamFixture : public testing::Test {
 protected:
  static constexpr std::chrono::seconds kLong{10};

  static UpstreamEndpoint plain(std::uint16_t port) {
    return {.url = {.tls = false, .host = "127.0.0.1", .port = port, .path_prefix = ""}, .proxy = {}, .ca_file = ""};
  }

  ConnectionPool pool_to(UpstreamEndpoint endpoint) { return {wheel_, resolver_, tls_, std::move(endpoint)}; }

  AttemptTimeouts patient() const {
    return {.connect = kLong, .tls_handshake = kLong, .first_byte = kLong, .idle = kLong, .deadline = wheel_.now() + kLong};
  }

  // A whole request and its whole answer.
  asio::awaitable<UpstreamResult<Answer>> fetch(ConnectionPool& pool, AttemptTimeouts timeouts,
                                                std::string body = "{}") {
    UpstreamCall call(pool, timeouts);
    co_return co_await finish(call, std::move(body));
  }

  asio::awaitable<UpstreamResult<Answer>> finish(UpstreamCall& call, std::string body = "{}") {
    const std::string head =
        "POST /v1/messages HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    const std::array<asio::const_buffer, 2> request{asio::buffer(head), asio::buffer(body)};
    if (auto started = co_await call.start(request); !started) co_return started.error();
    Answer answer{.status = call.head().status, .body = {}, .bytes_received = 0};
    for (;;) {
      const auto part = co_await call.read_some();
      if (!part) co_return part.error();
      if (part->empty()) break;
      answer.body += *part;
    }
    answer.bytes_received = call.bytes_received();
    co_return answer;
  }

  // Runs the context until the operation completes.
  template <class T>
  T run(asio::awaitable<T> operation) {
    std::optional<T> result;
    start(std::move(operation), result);
    run_until([&result] { return result.has_value(); });
    return std::move(*result);
  }

  // `result` outlives the operation.
  template <class T>
  void start(asio::awaitable<T> operation, std::optional<T>& result) {
    asio::co_spawn(context_, store(std::move(operation), result), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }

  void run_until(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + 2 * kLong;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), limit) << "the condition never came true";
      context_.restart();
      context_.run_one_for(std::chrono::milliseconds(1));
    }
  }

  asio::io_context context_{1};
  TimerWheel wheel_{context_};
  Resolver resolver_{1};
  TlsContexts tls_;

 private:
  template <class T>
  static asio::awaitable<void> store(asio::awaitable<T> operation, std::optional<T>& result) {
    result.emplace(co_await std::move(operation));
  }
};

}  // namespace balancer
