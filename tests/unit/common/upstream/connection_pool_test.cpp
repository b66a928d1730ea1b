#include "common/upstream/connection_pool.hpp"

#include <atomic>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer {
namespace {

using fakes::ScriptedResponse;
using Kind = UpstreamFailureKind;

class ConnectionPoolTest : public UpstreamFixture {
 protected:
  UpstreamResult<Answer> fetch_again() { return run(fetch(pool_, patient())); }

  fakes::FakeProvider provider_;
  ConnectionPool pool_{wheel_, resolver_, tls_, plain(provider_.port())};
};

TEST_F(ConnectionPoolTest, RequestsShareAKeptConnection) {
  provider_.always(fakes::json_message("hello"));

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(fetch_again());

  EXPECT_EQ(provider_.connections_accepted(), 1u);
  EXPECT_EQ(pool_.idle_count(), 1u);
}

TEST_F(ConnectionPoolTest, ConcurrentRequestsHaveAConnectionEach) {
  const auto both_there = std::make_shared<fakes::Latch>();
  provider_.always(fakes::json_message("hello").after(both_there));
  std::optional<UpstreamResult<Answer>> first;
  std::optional<UpstreamResult<Answer>> second;

  start(fetch(pool_, patient()), first);
  start(fetch(pool_, patient()), second);
  run_until([this] { return provider_.request_count() == 2; });
  both_there->release();
  run_until([&] { return first && second; });

  EXPECT_EQ(provider_.connections_accepted(), 2u);
  EXPECT_EQ(pool_.idle_count(), 2u);
}

TEST_F(ConnectionPoolTest, ResetOfAReusedConnectionIsRetriedOnceOnAFreshOne) {
  provider_.enqueue(fakes::json_message("first"));
  provider_.enqueue(fakes::reset_before_headers());
  provider_.enqueue(fakes::json_message("second"));
  ASSERT_TRUE(fetch_again());

  const auto answer = fetch_again();

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, fakes::json_message("second").body());
  EXPECT_EQ(provider_.connections_accepted(), 2u);
  EXPECT_EQ(provider_.requests().at(1).raw, provider_.requests().at(2).raw);
}

TEST_F(ConnectionPoolTest, SecondResetInARowIsTheAnswer) {
  provider_.enqueue(fakes::json_message("first"));
  provider_.always(fakes::close_before_headers());
  ASSERT_TRUE(fetch_again());

  const auto answer = fetch_again();

  EXPECT_EQ(answer.error().kind, Kind::kResetBeforeHead);
  EXPECT_FALSE(answer.error().on_reused_connection);
  EXPECT_EQ(provider_.request_count(), 3u);
}

TEST_F(ConnectionPoolTest, ResetInsideAnAnswerIsNotRetried) {
  provider_.enqueue(fakes::json_message("first"));
  provider_.enqueue(ScriptedResponse().send_raw("HTTP/1.1 200 O").close());
  ASSERT_TRUE(fetch_again());

  const auto answer = fetch_again();

  EXPECT_EQ(answer.error().kind, Kind::kResetBeforeHead);
  EXPECT_TRUE(answer.error().on_reused_connection);
  EXPECT_EQ(provider_.request_count(), 2u);
}

TEST_F(ConnectionPoolTest, ConnectionClosedWhileIdleIsNotTried) {
  provider_.enqueue(ScriptedResponse().send("first").close());
  provider_.enqueue(fakes::json_message("second"));
  ASSERT_TRUE(fetch_again());

  ASSERT_TRUE(fetch_again());

  EXPECT_EQ(provider_.request_count(), 2u);
}

TEST_F(ConnectionPoolTest, ConnectionWithBytesBehindTheAnswerIsNotUsedAgain) {
  provider_.enqueue(ScriptedResponse().send_raw(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
  provider_.enqueue(ScriptedResponse().send("good"));
  ASSERT_EQ(fetch_again().value().body, "ok");

  EXPECT_EQ(pool_.idle_count(), 0u);
  EXPECT_EQ(fetch_again().value().body, "good");
}

TEST_F(ConnectionPoolTest, ConnectionThatSpeaksWhileIdleIsNotUsedAgain) {
  const auto speak = std::make_shared<fakes::Latch>();
  std::atomic<bool> spoken = false;
  fakes::LoopbackServer server([&speak, &spoken](fakes::Socket socket, const fakes::Latch& stop) {
    const fakes::WaitLimits limits{.stop = &stop};
    static_cast<void>(socket.read_some(limits));
    static_cast<void>(socket.write_all("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", limits));
    static_cast<void>(socket.wait_for(speak.get(), limits));
    static_cast<void>(socket.write_all("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", limits));
    spoken = true;
    static_cast<void>(socket.wait_for(nullptr, limits));
  });
  ConnectionPool pool = pool_to(plain(server.port()));
  ASSERT_TRUE(run(fetch(pool, patient())));
  ASSERT_EQ(pool.idle_count(), 1u);

  speak->release();
  run_until([&spoken] { return spoken.load(); });
  const auto answer = run(fetch(pool, patient()));

  EXPECT_EQ(answer.value().body, "ok");
  EXPECT_EQ(server.accepted(), 2u);
}

TEST_F(ConnectionPoolTest, ProviderThatWantsToCloseIsLetGo) {
  provider_.enqueue(ScriptedResponse().header("Connection", "close").send("bye"));

  ASSERT_TRUE(fetch_again());

  EXPECT_EQ(pool_.idle_count(), 0u);
}

TEST_F(ConnectionPoolTest, GoneWithItsIdleConnections) {
  provider_.enqueue(fakes::json_message("hello"));
  {
    ConnectionPool pool = pool_to(plain(provider_.port()));
    ASSERT_TRUE(run(fetch(pool, patient())));
    ASSERT_EQ(pool.idle_count(), 1u);
  }

  EXPECT_TRUE(provider_.wait_for_client_disconnect());
}

}  // namespace
}  // namespace balancer
