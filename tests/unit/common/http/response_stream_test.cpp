// Streams: framing, and what happens when the client reads slower than the endpoint writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

asio::awaitable<void> stream_three(Exchange& exchange) {
  ResponseHead head(200);
  head.add("content-type", "text/event-stream");
  exchange.begin_stream(head);
  co_await exchange.write_piece("one");
  co_await exchange.write_piece("");
  co_await exchange.write_piece("seventeen letters");
  co_await exchange.finish_stream();
}

TEST(ResponseStreamTest, EachPieceIsAChunk) {
  ServedHttp server(stream_three);

  const std::string answer = server.conversation("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answer, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("content-length")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n3\r\none\r\n11\r\nseventeen letters\r\n0\r\n\r\n"));
}

TEST(ResponseStreamTest, TheConnectionServesOnBehindAStream) {
  ServedHttp server(stream_three);
  fakes::HttpConnection connection = server.connect();

  EXPECT_EQ(connection.get("/").body, "oneseventeen letters");
  EXPECT_EQ(connection.get("/").body, "oneseventeen letters");
}

TEST(ResponseStreamTest, Http10GetsItUntilTheConnectionCloses) {
  ServedHttp server(stream_three);

  const std::string answer = server.conversation("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("transfer-encoding")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\noneseventeen letters"));
}

TEST(ResponseStreamTest, AnEmptyStreamIsStillAnAnswer) {
  ServedHttp server([](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(200);
    exchange.begin_stream(head);
    co_await exchange.finish_stream();
  });

  const fakes::HttpResponse response = server.connect().get("/");

  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.complete);
}

TEST(ResponseStreamTest, PushedPiecesKeepTheirPlace) {
  ServedHttp server([](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(200);
    exchange.begin_stream(head);
    exchange.push_piece("a");
    exchange.push_piece("bb");
    co_await exchange.write_piece("ccc");
    exchange.push_piece("d");
    co_await exchange.finish_stream();
  });

  const std::string answer = server.conversation("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(answer, EndsWith("\r\n\r\n1\r\na\r\n2\r\nbb\r\n3\r\nccc\r\n1\r\nd\r\n0\r\n\r\n"));
}

TEST(ResponseStreamTest, WhatAPushCouldNotSendLeavesWithTheNextWrite) {
  const std::string big(16 * 1024 * 1024, 'p');
  ServedHttp server([&](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(200);
    exchange.begin_stream(head);
    exchange.push_piece(big);
    exchange.push_piece("more");
    co_await exchange.write_piece("end");
    co_await exchange.finish_stream();
  });

  const fakes::HttpResponse response = server.connect().get("/");

  EXPECT_TRUE(response.complete);
  EXPECT_EQ(response.body.size(), big.size() + 7);
  EXPECT_THAT(response.body, EndsWith("pmoreend"));
}

TEST(ResponseStreamTest, ASlowReaderGetsEveryByte) {
  constexpr std::size_t kPieces = 256;
  ServedHttp server([](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(200);
    exchange.begin_stream(head);
    for (std::size_t i = 0; i < kPieces; ++i) {
      const std::string piece(64 * 1024, static_cast<char>('a' + i % 26));
      co_await exchange.write_piece(piece);
    }
    co_await exchange.finish_stream();
  });
  std::string expected;
  for (std::size_t i = 0; i < kPieces; ++i) expected.append(64 * 1024, static_cast<char>('a' + i % 26));

  EXPECT_TRUE(server.connect().get("/").body == expected);
}

TEST(ResponseStreamTest, AWriteToAClientThatLeftReturnsFalse) {
  Noted<bool> refused;
  ServedHttp server([&](Exchange& exchange) -> asio::awaitable<void> {
    const std::string piece(64 * 1024, 'x');
    const ResponseHead head(200);
    exchange.begin_stream(head);
    while (co_await exchange.write_piece(piece)) {
    }
    refused.note(exchange.client_gone());
  });
  fakes::HttpConnection connection = server.connect();

  connection.send_request("GET", "/");
  connection.read_head();
  connection.reset();

  EXPECT_TRUE(refused.wait());
}

}  // namespace
}  // namespace balancer::http
