// A client that leaves while its request is served is noticed at once (protocol.md 1.7).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

using testing::ElementsAre;

// Waits in /wait until the client leaves or the test lets it go on; answers anything at once.
class WatchingServer {
 public:
  WatchingServer() : http_([this](Exchange& exchange) { return serve(exchange); }) {}

  [[nodiscard]] fakes::HttpConnection connect() const { return http_.connect(); }
  [[nodiscard]] bool wait_until_watching() { return watching_.wait(); }
  [[nodiscard]] bool wait_until_over() { return left_.wait(); }
  void let_go() {
    asio::steady_timer* const timer = timer_;
    asio::post(timer->get_executor(), [timer] { timer->cancel(); });
  }
  [[nodiscard]] std::vector<std::string> paths() const {
    const std::lock_guard lock(mutex_);
    return paths_;
  }
  void wind_down() {
    http_.stop_accepting();
    http_.join();
  }

 private:
  asio::awaitable<void> serve(Exchange& exchange) {
    {
      const std::lock_guard lock(mutex_);
      paths_.push_back(exchange.request().path);
    }
    if (exchange.request().path == "/wait") co_await wait(exchange);
    const ResponseHead head(200);
    co_await exchange.respond(head, exchange.request().path);
  }

  asio::awaitable<void> wait(Exchange& exchange) {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    timer_ = &timer;
    exchange.watch_client([&timer] { timer.cancel(); });
    watching_.note(true);
    co_await timer.async_wait(kAwaitTuple);
    exchange.stop_watching();
    left_.note(exchange.client_gone());
  }

  Noted<bool> watching_;
  Noted<bool> left_;
  mutable std::mutex mutex_;
  std::vector<std::string> paths_;
  std::atomic<asio::steady_timer*> timer_{nullptr};
  ServedHttp http_;
};

constexpr const char* kWait = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kNext = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(ClientWatchTest, NoticesAClientThatCloses) {
  WatchingServer server;
  fakes::HttpConnection connection = server.connect();
  connection.send_raw(kWait);
  ASSERT_TRUE(server.wait_until_watching());

  connection.close();

  EXPECT_TRUE(server.wait_until_over());
}

TEST(ClientWatchTest, NoticesAClientThatResets) {
  WatchingServer server;
  fakes::HttpConnection connection = server.connect();
  connection.send_raw(kWait);
  ASSERT_TRUE(server.wait_until_watching());

  connection.reset();

  EXPECT_TRUE(server.wait_until_over());
}

TEST(ClientWatchTest, NoticesItBehindAPipelinedRequestToo) {
  WatchingServer server;
  fakes::HttpConnection connection = server.connect();
  connection.send_raw(kWait);
  connection.send_raw(kNext);
  ASSERT_TRUE(server.wait_until_watching());

  connection.send_raw(kNext);
  connection.close();

  EXPECT_TRUE(server.wait_until_over());
  server.wind_down();
  EXPECT_THAT(server.paths(), ElementsAre("/wait"));
}

TEST(ClientWatchTest, RequestsThatArriveMeanwhileAreServedAfterwards) {
  WatchingServer server;
  fakes::HttpConnection connection = server.connect();
  connection.send_raw(kWait);
  ASSERT_TRUE(server.wait_until_watching());

  connection.send_raw(kNext);
  connection.send_raw(kNext);
  server.let_go();

  EXPECT_FALSE(server.wait_until_over());
  EXPECT_EQ(connection.read_response().body, "/wait");
  EXPECT_EQ(connection.read_response().body, "/next");
  EXPECT_EQ(connection.read_response().body, "/next");
}

}  // namespace
}  // namespace balancer::http
