// Sizes and silences that a server does not put up with (promises.md T24, T31).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr milliseconds kShort{60};

std::string head_of_size(std::size_t size) {
  const std::string start = "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Fill: ";
  return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
}

TEST(ServerLimitsTest, AHeadOf32KiBIsServedAndOneByteMoreIsNot) {
  ServedHttp server;

  EXPECT_THAT(statuses_in(server.conversation(head_of_size(32 * 1024))), ElementsAre(200));
  EXPECT_THAT(statuses_in(server.conversation(head_of_size(32 * 1024 + 1))), ElementsAre(431));
}

TEST(ServerLimitsTest, AnEndlessHeadIsRefusedAtItsLimit) {
  ServedHttp server;

  const std::string answer = server.conversation("GET / HTTP/1.1\r\nHost: a\r\nX-Fill: " + std::string(40'000, 'x'));

  EXPECT_THAT(statuses_in(answer), ElementsAre(431));
}

TEST(ServerLimitsTest, TooManyFieldsAre431) {
  ServedHttp server;
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 200; ++i) head += "a: b\r\n";

  EXPECT_THAT(statuses_in(server.conversation(head + "\r\n")), ElementsAre(431));
}

TEST(ServerLimitsTest, AHeadThatDoesNotComeIs408) {
  ServedHttp server({.head_timeout = kShort});

  const std::string answer = server.conversation("GET / HTTP/1.1\r\nHost: a\r\n");

  EXPECT_THAT(statuses_in(answer), ElementsAre(408));
  EXPECT_THAT(answer, HasSubstr("timeout_error"));
  EXPECT_THAT(server.seen(), IsEmpty());
}

TEST(ServerLimitsTest, AHeadThatTricklesIs408AsWell) {
  ServedHttp server({.head_bytes = 1024 * 1024, .head_timeout = kShort});
  fakes::HttpConnection connection = server.connect();
  const auto start = std::chrono::steady_clock::now();

  // Each byte is progress; the time for the whole head is what counts.
  connection.send_raw("GET / HTTP/1.1\r\nX: ");
  while (std::chrono::steady_clock::now() - start < 2 * kShort) connection.send_raw("x");

  EXPECT_THAT(connection.read_until_close(), StartsWith("HTTP/1.1 408 "));
}

TEST(ServerLimitsTest, AnIdleConnectionIsClosedWithoutAWord) {
  ServedHttp server({.keep_alive_timeout = kShort});
  fakes::HttpConnection connection = server.connect();
  EXPECT_EQ(connection.get("/").status, 200);

  EXPECT_EQ(connection.read_until_close(), "");
}

TEST(ServerLimitsTest, ADeclaredBodyOverTheLimitIsRefusedBeforeItComes) {
  ServedHttp server;

  const std::string answer =
      server.conversation("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                          std::to_string(ServedHttp::kBodyLimit + 1) + "\r\n\r\n");

  EXPECT_THAT(statuses_in(answer), ElementsAre(413));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
}

TEST(ServerLimitsTest, ABodyOfExactlyTheLimitIsServed) {
  ServedHttp server;
  const std::string body(ServedHttp::kBodyLimit, 'x');

  EXPECT_EQ(server.connect().post("/", body).status, 200);
  EXPECT_EQ(server.seen().front().body, body);
}

TEST(ServerLimitsTest, AChunkedBodyIsRefusedOnceItIsOverTheLimit) {
  ServedHttp server;
  fakes::HttpConnection connection = server.connect();
  connection.send_raw("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";

  for (int i = 0; i < 17; ++i) connection.send_raw(chunk);

  EXPECT_EQ(connection.read_response().status, 413);
}

TEST(ServerLimitsTest, ABodyThatStopsComingIs408) {
  ServedHttp server({.body_idle_timeout = kShort});

  const std::string sized = server.conversation("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  const std::string chunked =
      server.conversation("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");

  EXPECT_THAT(statuses_in(sized), ElementsAre(408));
  EXPECT_THAT(statuses_in(chunked), ElementsAre(408));
}

TEST(ServerLimitsTest, AClientThatReadsNothingIsGivenUp) {
  Noted<std::size_t> written;
  ServedHttp server(
      [&](Exchange& exchange) -> asio::awaitable<void> {
        const std::string piece(64 * 1024, 'x');
        const ResponseHead head(200);
        exchange.begin_stream(head);
        std::size_t taken = 0;
        while (co_await exchange.write_piece(piece)) taken += piece.size();
        written.note(taken);
      },
      {.write_stall_timeout = kShort});
  fakes::HttpConnection connection = server.connect();

  connection.send_request("GET", "/");

  // What the kernel's buffers hold, and nothing beyond.
  EXPECT_LT(written.wait(), 64u * 1024 * 1024);
}

TEST(ServerLimitsTest, AFloodOfChunkExtensionsOrTrailersIsRefused) {
  ServedHttp server;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string flood(65'000, 'x');

  EXPECT_THAT(statuses_in(server.conversation(head + "1;" + flood)), ElementsAre(400));
  EXPECT_THAT(statuses_in(server.conversation(head + "0\r\nx-api-key: " + flood)), ElementsAre(400));
}

TEST(ServerLimitsTest, AChunkedBodyFitsBehindAHeadOfAnySize) {
  ServedHttp server;
  for (const std::size_t fill : {8'000, 16'300, 16'320, 32'600, 32'680}) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-F: ";
    const std::string end = "\r\nConnection: close\r\n\r\n";

    const std::string answer = server.conversation(head + std::string(fill - head.size(), 'x') + end +
                                                   "5;" + std::string(1000, 'e') + "\r\nhello\r\n0\r\n\r\n");

    EXPECT_THAT(statuses_in(answer), ElementsAre(200)) << fill;
  }
}

}  // namespace
}  // namespace balancer::http
