// How bodies travel from the socket to an endpoint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kChunkedHead = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(RequestBodyTest, MayComeByteByByte) {
  ServedHttp server;
  fakes::HttpConnection connection = server.connect();
  connection.send_raw(kChunkedHead);

  for (const char byte : std::string("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) connection.send_raw({&byte, 1});

  EXPECT_EQ(connection.read_response().body, "POST / abcde");
}

TEST(RequestBodyTest, AnEmptyChunkedBodyMayBeginWithLessThanItsEnd) {
  ServedHttp server;
  fakes::HttpConnection connection = server.connect();

  connection.send_raw(kChunkedHead);
  for (const char* piece : {"0", "\r\n", "\r", "\n"}) connection.send_raw(piece);

  EXPECT_EQ(connection.read_response().body, "POST / ");
}

TEST(RequestBodyTest, TrailersNeverBecomeHeaders) {
  ServedHttp server;
  fakes::HttpConnection connection = server.connect();

  connection.send_raw(std::string(kChunkedHead) + "2\r\nhi\r\n0\r\nx-api-key: evil\r\n\r\n");

  EXPECT_EQ(connection.read_response().body, "POST / hi");
  EXPECT_FALSE(server.seen().front().headers.contains("x-api-key"));
}

TEST(RequestBodyTest, ContinueIsSentBeforeAnExpectedBody) {
  ServedHttp server;
  const fakes::WaitLimits limits{std::chrono::steady_clock::now() + std::chrono::seconds(10), nullptr};
  fakes::Socket socket = fakes::Socket::connect(server.port(), limits.deadline);

  (void)socket.write_all("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", limits);
  EXPECT_EQ(socket.read_some(limits).bytes, "HTTP/1.1 100 Continue\r\n\r\n");
  (void)socket.write_all("hello", limits);

  EXPECT_THAT(socket.read_some(limits).bytes, EndsWith("\r\n\r\nPOST / hello"));
}

TEST(RequestBodyTest, NoContinueIsSentForABodyThatIsOnItsWay) {
  ServedHttp server;

  const std::string answer = server.conversation(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(RequestBodyTest, NoContinueIsSentForABodyThatIsRefused) {
  ServedHttp server;

  const std::string answer = server.conversation(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
}

TEST(RequestBodyTest, NoContinueIsSentWhenTheEndpointWantsNoBody) {
  ServedHttp server([](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(401);
    co_await exchange.respond(head, "no");
  });

  const std::string answer = server.conversation(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");

  EXPECT_THAT(statuses_in(answer), ElementsAre(401));
}

TEST(RequestBodyTest, ABodyCutShortReachesNoEndpoint) {
  Noted<ErrorCode> failure;
  ServedHttp server([&](Exchange& exchange) -> asio::awaitable<void> {
    const Result<RequestBody> body = co_await exchange.read_body(100);
    if (!body) failure.note(body.error().code);
  });
  fakes::HttpConnection connection = server.connect();

  connection.send_raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  connection.close();

  EXPECT_EQ(failure.wait(), ErrorCode::kInvalidRequest);
}

// With a body within what is drained, and with one beyond it.
class UnreadBodyTest : public testing::TestWithParam<std::size_t> {};

TEST_P(UnreadBodyTest, ClosesTheConnectionBehindAnAnswerThatTheClientCanRead) {
  ServedHttp server([](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(401);
    co_await exchange.respond(head, "no key, no service");
  });
  fakes::HttpConnection connection = server.connect();

  connection.send_request("POST", "/", std::string(GetParam(), 'x'));
  const fakes::HttpResponse response = connection.read_response();

  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.body, "no key, no service");
  EXPECT_TRUE(response.complete);
  EXPECT_EQ(response.headers.value("connection"), "close");
}

INSTANTIATE_TEST_SUITE_P(Sizes, UnreadBodyTest, testing::Values(1, 60'000, 300'000, 4'000'000));

TEST(RequestBodyTest, AGetMayHaveOne) {
  ServedHttp server;

  EXPECT_EQ(server.connect().request("GET", "/x", "body").body, "GET /x body");
}

TEST(RequestBodyTest, TheNextHeadMayArriveWithTheEndOfABody) {
  ServedHttp server;

  const std::string answers = server.conversation(
      std::string(kChunkedHead) + "2\r\nhi\r\n0\r\n\r\n" +
      "POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" +
      "GET /third HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(statuses_in(answers), ElementsAre(200, 200, 200));
  EXPECT_THAT(server.seen_paths(), ElementsAre("/", "/second", "/third"));
  EXPECT_THAT(answers, HasSubstr("POST /second abc"));
}

}  // namespace
}  // namespace balancer::http
