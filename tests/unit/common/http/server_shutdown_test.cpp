// Shutting down: no new connections, then no connections at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

// Holds each exchange until the test lets it go or its connection is ended: in the middle of a stream for /stream,
// before the answer otherwise.
class HoldingServer {
 public:
  HoldingServer() : http_([this](Exchange& exchange) { return serve(exchange); }) {}

  [[nodiscard]] ServedHttp& http() { return http_; }
  [[nodiscard]] bool wait_until_held() { return held_.wait(); }
  void let_go() {
    asio::steady_timer* const timer = timer_;
    asio::post(timer->get_executor(), [timer] { timer->cancel(); });
  }
  // True if the client was gone when it was over.
  [[nodiscard]] bool wait_until_over() { return gone_.wait(); }

 private:
  asio::awaitable<void> serve(Exchange& exchange) {
    const ResponseHead head(200);
    if (exchange.request().path == "/stream") {
      exchange.begin_stream(head);
      co_await exchange.write_piece("start");
      co_await hold(exchange);
      co_await exchange.write_piece(" end");
      co_await exchange.finish_stream();
    } else {
      co_await hold(exchange);
      co_await exchange.respond(head, "done");
    }
    gone_.note(exchange.client_gone());
  }

  asio::awaitable<void> hold(Exchange& exchange) {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    timer_ = &timer;
    exchange.watch_client([&timer] { timer.cancel(); });
    held_.note(true);
    co_await timer.async_wait(kAwaitTuple);
    exchange.stop_watching();
  }

  Noted<bool> held_;
  Noted<bool> gone_;
  std::atomic<asio::steady_timer*> timer_{nullptr};
  ServedHttp http_;
};

TEST(ServerShutdownTest, IdleConnectionsAreClosedAtOnce) {
  ServedHttp server;
  fakes::HttpConnection fresh = server.connect();
  fakes::HttpConnection used = server.connect();
  used.get("/");

  server.stop_accepting();

  EXPECT_EQ(used.read_until_close(), "");
  EXPECT_EQ(fresh.read_until_close(), "");
  server.join();
}

TEST(ServerShutdownTest, NewConnectionsAreRefused) {
  ServedHttp server;

  server.stop_accepting();
  server.join();

  EXPECT_THROW(server.connect(), fakes::ConversationError);
}

TEST(ServerShutdownTest, ARunningStreamFinishesAndItsConnectionClosesThen) {
  HoldingServer server;
  fakes::HttpConnection connection = server.http().connect();
  connection.send_request("GET", "/stream");
  ASSERT_TRUE(server.wait_until_held());

  server.http().stop_accepting();
  server.let_go();
  const fakes::HttpResponse response = connection.read_response();

  EXPECT_EQ(response.body, "start end");
  EXPECT_TRUE(response.complete);
  EXPECT_FALSE(server.wait_until_over());
  EXPECT_EQ(connection.read_until_close(), "");
  connection.close();
  server.http().join();
}

TEST(ServerShutdownTest, AnAnswerDuringShutdownSaysThatTheConnectionCloses) {
  HoldingServer server;
  fakes::HttpConnection connection = server.http().connect();
  connection.send_request("GET", "/answer");
  ASSERT_TRUE(server.wait_until_held());

  server.http().stop_accepting();
  server.let_go();
  const fakes::HttpResponse response = connection.read_response();

  EXPECT_EQ(response.body, "done");
  EXPECT_EQ(response.headers.value("connection"), "close");
  connection.close();
  server.http().join();
}

TEST(ServerShutdownTest, AnExchangeThatIsAskedToEndMaySayALastWord) {
  HoldingServer server;
  fakes::HttpConnection connection = server.http().connect();
  connection.send_request("GET", "/stream");
  ASSERT_TRUE(server.wait_until_held());

  server.http().end_exchanges();
  const fakes::HttpResponse response = connection.read_response();

  EXPECT_EQ(response.body, "start end");
  EXPECT_TRUE(response.complete);
  EXPECT_FALSE(server.wait_until_over());
  connection.close();
  server.http().join();
}

TEST(ServerShutdownTest, CloseAllEndsRunningExchanges) {
  HoldingServer server;
  fakes::HttpConnection connection = server.http().connect();
  connection.send_request("GET", "/stream");
  ASSERT_TRUE(server.wait_until_held());

  server.http().close_all();

  EXPECT_TRUE(server.wait_until_over());
  EXPECT_FALSE(connection.read_response().complete);
  server.http().join();
}

}  // namespace
}  // namespace balancer::http
