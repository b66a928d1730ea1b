// cancel() ends a call at once, wherever it is, and its connection is not used again.
#include <atomic>

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/fake_proxy.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer {
namespace {

using Kind = UpstreamFailureKind;

class CancellationTest : public UpstreamFixture {
 protected:
  // Starts a call, cancels it as soon as it is where the test wants it, and says how it ended.
  Kind cancel_once(ConnectionPool& pool, const std::function<bool()>& reached) {
    UpstreamCall call(pool, patient());
    std::optional<UpstreamResult<Answer>> answer;
    start(finish(call), answer);
    run_until(reached);
    EXPECT_FALSE(answer.has_value());
    call.cancel();
    run_until([&answer] { return answer.has_value(); });
    EXPECT_EQ(run(call.read_some()).error().kind, Kind::kCancelled);
    return answer->error().kind;
  }
};

// Reads and says nothing.
fakes::LoopbackServer mute_server() {
  return fakes::LoopbackServer([](fakes::Socket socket, const fakes::Latch& stop) {
    while (socket.read_some({.stop = &stop}).status == fakes::IoStatus::kReady) {
    }
  });
}

TEST_F(CancellationTest, EndsANameLookUp) {
  struct State {
    std::atomic<bool> asked = false;
    std::atomic<bool> released = false;
  };
  const auto state = std::make_shared<State>();
  Resolver hanging(
      [state](const std::string&) -> UpstreamResult<std::vector<asio::ip::address>> {
        state->asked = true;
        state->released.wait(false);
        return UpstreamFailure{Kind::kResolve, "released"};
      },
      1, Resolver::kFreshFor);
  UpstreamEndpoint endpoint = plain(1);
  endpoint.url.host = "slow.example";
  ConnectionPool pool(wheel_, hanging, tls_, endpoint);

  EXPECT_EQ(cancel_once(pool, [&state] { return state->asked.load(); }), Kind::kCancelled);

  state->released = true;
  state->released.notify_all();
}

TEST_F(CancellationTest, EndsAConnect) {
  const fakes::SilentPort port;
  ConnectionPool pool = pool_to(plain(port.port()));

  EXPECT_EQ(cancel_once(pool, [this] { return context_.poll() == 0; }), Kind::kCancelled);
}

TEST_F(CancellationTest, EndsATunnelBeingOpened) {
  const fakes::LoopbackServer proxy = mute_server();
  UpstreamEndpoint endpoint = plain(443);
  endpoint.proxy = Proxy{.host = "127.0.0.1", .port = proxy.port(), .username = {}, .password = {}};
  ConnectionPool pool = pool_to(endpoint);

  EXPECT_EQ(cancel_once(pool, [&proxy] { return proxy.accepted() == 1; }), Kind::kCancelled);
}

TEST_F(CancellationTest, EndsATlsHandshake) {
  const fakes::LoopbackServer server = mute_server();
  UpstreamEndpoint endpoint = plain(server.port());
  endpoint.url.tls = true;
  ConnectionPool pool = pool_to(endpoint);

  EXPECT_EQ(cancel_once(pool, [&server] { return server.accepted() == 1; }), Kind::kCancelled);
}

TEST_F(CancellationTest, EndsTheWaitForTheHead) {
  fakes::FakeProvider provider;
  provider.enqueue(fakes::hang());
  ConnectionPool pool = pool_to(plain(provider.port()));

  EXPECT_EQ(cancel_once(pool, [&provider] { return provider.request_count() == 1; }), Kind::kCancelled);
  EXPECT_TRUE(provider.wait_for_client_disconnect());
  EXPECT_EQ(pool.idle_count(), 0u);
}

TEST_F(CancellationTest, EndsAStreamAndClosesItsConnection) {
  fakes::FakeProvider provider;
  provider.enqueue(fakes::hang_after_events(2, fakes::sse_stream({"Hello"})));
  ConnectionPool pool = pool_to(plain(provider.port()));
  UpstreamCall call(pool, patient());
  std::optional<UpstreamResult<Answer>> answer;
  start(finish(call), answer);
  run_until([&call] { return call.bytes_received() > 0; });

  call.cancel();
  run_until([&answer] { return answer.has_value(); });

  EXPECT_EQ(answer->error().kind, Kind::kCancelled);
  EXPECT_TRUE(provider.wait_for_client_disconnect());
  EXPECT_EQ(pool.idle_count(), 0u);
}

TEST_F(CancellationTest, BeforeTheStartSendsNothing) {
  fakes::FakeProvider provider;
  ConnectionPool pool = pool_to(plain(provider.port()));
  UpstreamCall call(pool, patient());

  call.cancel();

  EXPECT_EQ(run(finish(call)).error().kind, Kind::kCancelled);
  EXPECT_EQ(provider.connections_accepted(), 0u);
}

TEST_F(CancellationTest, CallDroppedInsideABodyClosesItsConnection) {
  fakes::FakeProvider provider;
  provider.enqueue(fakes::sse_stream({"Hello"}));
  ConnectionPool pool = pool_to(plain(provider.port()));
  const std::string request = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n";
  const asio::const_buffer buffer = asio::buffer(request);

  std::optional<UpstreamCall> call;
  call.emplace(pool, patient());
  ASSERT_TRUE(run(call->start({&buffer, 1})));
  call.reset();

  EXPECT_EQ(pool.idle_count(), 0u);
  EXPECT_TRUE(provider.wait_for_client_disconnect());
}

}  // namespace
}  // namespace balancer
