// An HttpServer on a thread of its own, for tests that talk to it over a socket.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/http/http_server.hpp"
#include "tests/fakes/http_client.hpp"

namespace balancer::http {

// What an exchange was about.
struct SeenRequest {
  std::string method;
  std::string path;
  std::string query;
  std::string body;
  // Why the body could not be read.
  std::optional<ErrorCode> body_error;
  fakes::HeaderFields headers;
};

// Runs from construction to destruction. Any method may be called from the test's thread.
class ServedHttp {
 public:
  // Remembers each request and answers "METHOD PATH BODY"; bodies may have 1 MiB.
  explicit ServedHttp(ServerLimits limits = {});
  explicit ServedHttp(ExchangeServer server, ServerLimits limits = {});
  ~ServedHttp();

  [[nodiscard]] std::uint16_t port() const { return server_->local_endpoint().port(); }
  [[nodiscard]] fakes::HttpConnection connect() const { return fakes::HttpConnection({.port = port()}); }
  // Sends these bytes and returns all that comes back until the server closes.
  [[nodiscard]] std::string conversation(std::string_view bytes) const;

  // In the order in which their bodies had come, or had failed to.
  [[nodiscard]] std::vector<SeenRequest> seen() const;
  [[nodiscard]] std::vector<std::string> seen_paths() const;

  // On the server's thread; returns once done.
  void stop_accepting();
  void end_exchanges();
  void close_all();
  // Waits until no connection is left.
  void join();

  static constexpr std::size_t kBodyLimit = 1024 * 1024;

 private:
  asio::awaitable<void> echo(Exchange& exchange);
  asio::awaitable<void> wind_down();
  void run_there(std::function<void()> action);

  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  TimerWheel wheel_{context_};
  mutable std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::optional<HttpServer> server_;
  std::thread thread_;
};

// Something that happens once on the server's thread and that the test waits for.
template <class T>
class Noted {
 public:
  void note(T value) { promise_.set_value(std::move(value)); }
  // Throws std::runtime_error when it does not happen within 10 s.
  [[nodiscard]] T wait() {
    auto future = promise_.get_future();
    if (future.wait_for(std::chrono::seconds(10)) != std::future_status::ready) {
      throw std::runtime_error("what was waited for did not happen");
    }
    return future.get();
  }

 private:
  std::promise<T> promise_;
};

// How often `text` occurs in `all`.
[[nodiscard]] std::size_t count_of(std::string_view text, std::string_view all);

// The status codes of the answers in what a server sent, bodies and all.
[[nodiscard]] std::vector<int> statuses_in(std::string_view answers);

}  // namespace balancer::http
