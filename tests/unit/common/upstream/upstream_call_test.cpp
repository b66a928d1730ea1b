#include "common/upstream/upstream_call.hpp"

#include "tests/fakes/fake_provider.hpp"
#include "tests/fakes/loopback_server.hpp"
#include "tests/fakes/unreachable_port.hpp"
#include "tests/unit/common/upstream/upstream_fixture.hpp"

namespace balancer {
namespace {

using namespace std::chrono_literals;
using fakes::Latch;
using fakes::ScriptedResponse;
using Kind = UpstreamFailureKind;

class UpstreamCallTest : public UpstreamFixture {
 protected:
  UpstreamResult<Answer> fetch_once(AttemptTimeouts timeouts) {
    ConnectionPool pool = pool_to(plain(provider_.port()));
    auto answer = run(fetch(pool, timeouts));
    idle_afterwards_ = pool.idle_count();
    return answer;
  }

  fakes::FakeProvider provider_;
  std::size_t idle_afterwards_ = 0;
};

TEST_F(UpstreamCallTest, DeliversTheRequestAndTheAnswerByteForByte) {
  provider_.enqueue(ScriptedResponse().status(200).header("request-id", "req_1").send(R"({"ok":true})"));

  const auto answer = fetch_once(patient());

  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, R"({"ok":true})");
  EXPECT_GT(answer->bytes_received, answer->body.size());
  EXPECT_EQ(provider_.requests().at(0).raw,
            "POST /v1/messages HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_F(UpstreamCallTest, StreamInOneByteChunksComesOutWhole) {
  const ScriptedResponse stream = fakes::sse_stream({"Hel", "lo"});
  provider_.enqueue(ScriptedResponse(stream).in_pieces_of(1));
  provider_.enqueue(ScriptedResponse(stream).in_pieces_of(7));
  ConnectionPool pool = pool_to(plain(provider_.port()));

  const auto by_one = run(fetch(pool, patient()));
  const auto by_seven = run(fetch(pool, patient()));

  EXPECT_EQ(by_one.value().body, stream.body());
  EXPECT_EQ(by_seven.value().body, stream.body());
  EXPECT_EQ(provider_.connections_accepted(), 1u);
}

TEST_F(UpstreamCallTest, HeadersAreFoundWithoutRegardToCase) {
  provider_.enqueue(ScriptedResponse().header("Retry-After", "7").send("x"));
  ConnectionPool pool = pool_to(plain(provider_.port()));
  UpstreamCall call(pool, patient());

  ASSERT_TRUE(run(finish(call)));

  EXPECT_EQ(call.head().header("retry-after"), "7");
  EXPECT_EQ(call.head().header("absent"), "");
  EXPECT_EQ(call.head().content_length, 1u);
}

TEST_F(UpstreamCallTest, LargeBodiesPassBothWays) {
  const std::string large(3'000'000, 'x');
  provider_.enqueue(ScriptedResponse().send(large));
  ConnectionPool pool = pool_to(plain(provider_.port()));

  const auto answer = run(fetch(pool, patient(), large));

  EXPECT_EQ(answer.value().body, large);
  EXPECT_EQ(provider_.requests().at(0).body, large);
}

TEST_F(UpstreamCallTest, RefusedConnectionIsAConnectFailure) {
  const fakes::RefusingPort port;
  ConnectionPool pool = pool_to(plain(port.port()));

  const auto answer = run(fetch(pool, patient()));

  EXPECT_EQ(answer.error().kind, Kind::kConnect);
  EXPECT_EQ(answer.error().detail, "Connection refused");
}

TEST_F(UpstreamCallTest, UnknownNameIsAResolveFailure) {
  UpstreamEndpoint endpoint = plain(provider_.port());
  endpoint.url.host = "name with blanks";
  ConnectionPool pool = pool_to(endpoint);

  EXPECT_EQ(run(fetch(pool, patient())).error().kind, Kind::kResolve);
}

TEST_F(UpstreamCallTest, BlackHoleEndsWithTheConnectTimeout) {
  const fakes::SilentPort port;
  ConnectionPool pool = pool_to(plain(port.port()));
  AttemptTimeouts timeouts = patient();
  timeouts.connect = 30ms;

  EXPECT_EQ(run(fetch(pool, timeouts)).error().kind, Kind::kConnectTimeout);
}

TEST_F(UpstreamCallTest, SilentProviderEndsWithTheFirstByteTimeout) {
  provider_.enqueue(fakes::hang());
  AttemptTimeouts timeouts = patient();
  timeouts.first_byte = 30ms;

  EXPECT_EQ(fetch_once(timeouts).error().kind, Kind::kFirstByteTimeout);
}

TEST_F(UpstreamCallTest, HeadThatStopsHalfwayEndsWithTheIdleTimeout) {
  provider_.enqueue(ScriptedResponse().send_raw("HTTP/1.1 200 OK\r\nContent-").hang());
  AttemptTimeouts timeouts = patient();
  timeouts.idle = 30ms;

  EXPECT_EQ(fetch_once(timeouts).error().kind, Kind::kIdleTimeout);
}

TEST_F(UpstreamCallTest, InterimAnswerDoesNotShortenTheWaitForTheHead) {
  const auto thought = std::make_shared<Latch>();
  provider_.enqueue(ScriptedResponse()
                        .send_raw("HTTP/1.1 100 Continue\r\n\r\n")
                        .hold(thought)
                        .send_raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  AttemptTimeouts timeouts = patient();
  timeouts.idle = 20ms;
  ConnectionPool pool = pool_to(plain(provider_.port()));
  UpstreamCall call(pool, timeouts);
  std::optional<UpstreamResult<Answer>> answer;
  start(finish(call), answer);
  run_until([&call] { return call.bytes_received() > 0; });

  const auto idle_end = wheel_.now() + 40ms;
  run_until([&] { return wheel_.now() > idle_end; });
  thought->release();
  run_until([&answer] { return answer.has_value(); });

  ASSERT_TRUE(*answer) << (*answer).error().detail;
  EXPECT_EQ((*answer)->body, "ok");
}

TEST_F(UpstreamCallTest, StreamThatStopsEndsWithTheIdleTimeout) {
  provider_.enqueue(fakes::hang_after_events(2, fakes::sse_stream({"Hello"})));
  AttemptTimeouts timeouts = patient();
  timeouts.idle = 30ms;

  EXPECT_EQ(fetch_once(timeouts).error().kind, Kind::kIdleTimeout);
  EXPECT_EQ(idle_afterwards_, 0u);
}

TEST_F(UpstreamCallTest, NothingIsAwaitedPastTheDeadline) {
  provider_.enqueue(fakes::hang_after_headers());
  AttemptTimeouts timeouts = patient();
  timeouts.deadline = wheel_.now() + 30ms;

  EXPECT_EQ(fetch_once(timeouts).error().kind, Kind::kTotalTimeout);
}

TEST_F(UpstreamCallTest, SteadyStreamEndsAtTheDeadlineToo) {
  provider_.enqueue(ScriptedResponse().chunked().send(std::string(100'000, 'x')).in_pieces_of(10, 1ms));
  AttemptTimeouts timeouts = patient();
  timeouts.deadline = wheel_.now() + 50ms;

  EXPECT_EQ(fetch_once(timeouts).error().kind, Kind::kTotalTimeout);
}

TEST_F(UpstreamCallTest, PassedDeadlineFailsBeforeAnythingIsSent) {
  AttemptTimeouts timeouts = patient();
  timeouts.deadline = wheel_.now() - 1ms;

  EXPECT_EQ(fetch_once(timeouts).error().kind, Kind::kTotalTimeout);
  EXPECT_EQ(provider_.connections_accepted(), 0u);
}

TEST_F(UpstreamCallTest, ExtendedDeadlineReplacesTheFirst) {
  const auto rest = std::make_shared<Latch>();
  provider_.enqueue(fakes::sse_stream({"Hello"}).hold_part(1, rest));
  AttemptTimeouts timeouts = patient();
  timeouts.deadline = wheel_.now() + 80ms;
  const auto first_deadline = timeouts.deadline;
  ConnectionPool pool = pool_to(plain(provider_.port()));
  UpstreamCall call(pool, timeouts);
  std::optional<UpstreamResult<Answer>> answer;
  start(finish(call), answer);
  run_until([&call] { return call.bytes_received() > 0; });

  call.extend_deadline(wheel_.now() + kLong);
  run_until([&] { return wheel_.now() > first_deadline + 20ms; });
  rest->release();
  run_until([&answer] { return answer.has_value(); });

  EXPECT_TRUE(*answer);
}

TEST_F(UpstreamCallTest, ResetBeforeTheHeadOnAFreshConnectionIsNotRetried) {
  provider_.always(fakes::reset_before_headers());

  const auto answer = fetch_once(patient());

  EXPECT_EQ(answer.error().kind, Kind::kResetBeforeHead);
  EXPECT_FALSE(answer.error().on_reused_connection);
  EXPECT_EQ(provider_.request_count(), 1u);
}

TEST_F(UpstreamCallTest, ResetOrEndInsideTheBodyIsTruncation) {
  provider_.enqueue(fakes::reset_after_events(2, fakes::sse_stream({"Hello"})));
  EXPECT_EQ(fetch_once(patient()).error().kind, Kind::kTruncated);

  provider_.enqueue(ScriptedResponse().content_length(100).send("short").close());
  EXPECT_EQ(fetch_once(patient()).error().kind, Kind::kTruncated);
}

TEST_F(UpstreamCallTest, GarbageIsMalformedAndItsConnectionIsClosed) {
  provider_.enqueue(fakes::raw_answer("HTTP/1.1 999 Nonsense\r\nContent-Length: 0\r\n\r\n"));

  EXPECT_EQ(fetch_once(patient()).error().kind, Kind::kMalformed);
  EXPECT_EQ(idle_afterwards_, 0u);
  EXPECT_TRUE(provider_.wait_for_client_disconnect());
}

TEST_F(UpstreamCallTest, EndlessHeadIsTooLarge) {
  provider_.enqueue(ScriptedResponse().send_raw("HTTP/1.1 200 OK\r\nx: ").send_raw(std::string(1'000, 'x'), 1'000));

  EXPECT_EQ(fetch_once(patient()).error().kind, Kind::kTooLarge);
}

TEST_F(UpstreamCallTest, EarlyRefusalIsReadThoughTheRequestCouldNotBeSent) {
  fakes::LoopbackServer server([](fakes::Socket socket, const Latch& stop) {
    const fakes::WaitLimits limits{.stop = &stop};
    static_cast<void>(socket.read_some(limits));
    static_cast<void>(
        socket.write_all("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig", limits));
    socket.close();
  });
  ConnectionPool pool = pool_to(plain(server.port()));

  const auto answer = run(fetch(pool, patient(), std::string(20'000'000, 'x')));

  ASSERT_TRUE(answer) << to_string(answer.error().kind) << answer.error().detail;
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->body, "big");
  EXPECT_EQ(pool.idle_count(), 0u);
}

TEST_F(UpstreamCallTest, FailureIsFinal) {
  provider_.enqueue(fakes::reset_before_headers());
  ConnectionPool pool = pool_to(plain(provider_.port()));
  UpstreamCall call(pool, patient());
  const auto first = run(finish(call));

  const auto later = run(call.read_some());

  EXPECT_EQ(later.error().kind, first.error().kind);
}

TEST_F(UpstreamCallTest, CallMayOutliveItsPool) {
  const auto rest = std::make_shared<Latch>();
  provider_.enqueue(fakes::sse_stream({"Hello"}).hold_part(1, rest));
  auto pool = std::make_unique<ConnectionPool>(wheel_, resolver_, tls_, plain(provider_.port()));
  std::optional<UpstreamCall> call;
  call.emplace(*pool, patient());
  std::optional<UpstreamResult<Answer>> answer;
  start(finish(*call), answer);
  run_until([&call] { return call->bytes_received() > 0; });

  pool.reset();
  rest->release();
  run_until([&answer] { return answer.has_value(); });
  call.reset();

  EXPECT_TRUE(*answer);
  EXPECT_TRUE(provider_.wait_for_client_disconnect());
}

}  // namespace
}  // namespace balancer
