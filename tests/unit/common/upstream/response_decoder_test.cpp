#include "common/upstream/response_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/upstream/decoded_answer.hpp"

namespace balancer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::size_t kAtOnce = 1 << 20;

constexpr std::string_view kChunkedStream =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\ncontent-type: text/event-stream\r\n\r\n"
    "6;name=value\r\nevent:\r\n1\r\n \r\n0c\r\nmessage_stop\r\n2\r\n\n\n\r\n0\r\nx-api-key: evil\r\n\r\n";

class ResponseDecoderCutTest : public testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(Pieces, ResponseDecoderCutTest, testing::Values(1, 2, 7, 64, kAtOnce));

TEST_P(ResponseDecoderCutTest, ChunkedBodyComesOutWholeHoweverItIsCut) {
  const DecodedAnswer answer = decode_answer(kChunkedStream, GetParam());

  EXPECT_EQ(answer.failure, std::nullopt);
  EXPECT_EQ(answer.body, "event: message_stop\n\n");
  EXPECT_TRUE(answer.leaves_connection_reusable);
}

TEST_P(ResponseDecoderCutTest, TrailersNeverBecomeHeaders) {
  const DecodedAnswer answer = decode_answer(kChunkedStream, GetParam());

  EXPECT_THAT(answer.headers,
              ElementsAre(Pair("Transfer-Encoding", "chunked"), Pair("content-type", "text/event-stream")));
}

TEST_P(ResponseDecoderCutTest, LongChunkedBodyPassesThroughABoundedBuffer) {
  std::string wire = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string chunk(static_cast<std::size_t>(1 + i % 97), static_cast<char>('a' + i % 26));
    char size[8];
    std::snprintf(size, sizeof size, "%zx", chunk.size());
    wire += std::string(size) + "\r\n" + chunk + "\r\n";
    expected += chunk;
  }
  wire += "0\r\n\r\n";

  const DecodedAnswer answer = decode_answer(wire, GetParam());

  EXPECT_EQ(answer.body, expected);
  EXPECT_EQ(answer.buffer_size, ResponseDecoder::kInitialBufferSize);
}

TEST_P(ResponseDecoderCutTest, InterimAnswersAreSkipped) {
  const DecodedAnswer answer = decode_answer(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
      GetParam());

  EXPECT_EQ(answer.status, 201);
  EXPECT_THAT(answer.headers, ElementsAre(Pair("Content-Length", "2")));
  EXPECT_EQ(answer.body, "ok");
}

TEST_P(ResponseDecoderCutTest, HeadOfNearlyTheLimitLeavesRoomForTheBody) {
  const std::string value(60'000, 'v');

  const DecodedAnswer answer = decode_answer(
      "HTTP/1.1 200 OK\r\nx-long: " + value + "\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'b'), GetParam());

  EXPECT_THAT(answer.headers, ElementsAre(Pair("x-long", value), Pair("Content-Length", "20000")));
  EXPECT_EQ(answer.body, std::string(20'000, 'b'));
}

TEST_P(ResponseDecoderCutTest, LongInterimAnswersTakeNoMoreMemoryThanOneHeadAndTheBodysWindow) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nlink: " + std::string(60'000, 'v') + "\r\n\r\n";

  const DecodedAnswer answer = decode_answer(
      hints + hints + hints + "HTTP/1.1 200 OK\r\nx-long: " + std::string(65'000, 'v') + "\r\nContent-Length: 2\r\n\r\nok",
      GetParam());

  EXPECT_EQ(answer.body, "ok");
  EXPECT_LE(answer.buffer_size, ResponseParser::kHeadLimit + ResponseDecoder::kBodyWindow);
}

TEST_P(ResponseDecoderCutTest, AHeadThatNeverEndsTakesNoMoreMemoryThanItsLimitAndTheBodysWindow) {
  const DecodedAnswer answer = decode_answer("HTTP/1.1 200 OK\r\nx-long: " + std::string(200'000, 'v'), GetParam());

  EXPECT_EQ(answer.failure, UpstreamFailureKind::kTooLarge);
  EXPECT_LE(answer.buffer_size, ResponseParser::kHeadLimit + ResponseDecoder::kBodyWindow);
}

TEST(ResponseDecoderTest, BodyWithoutLengthEndsWithTheConnection) {
  const DecodedAnswer answer = decode_answer("HTTP/1.1 200 OK\r\n\r\nuntil the end", kAtOnce);

  EXPECT_EQ(answer.failure, std::nullopt);
  EXPECT_EQ(answer.body, "until the end");
  EXPECT_FALSE(answer.leaves_connection_reusable);
}

TEST(ResponseDecoderTest, NoContentAndNotModifiedHaveNoBody) {
  for (const std::string_view wire : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"}) {
    const DecodedAnswer answer = decode_answer(wire, kAtOnce);

    EXPECT_TRUE(answer.complete);
    EXPECT_THAT(answer.body, IsEmpty());
    EXPECT_TRUE(answer.leaves_connection_reusable);
  }
}

TEST(ResponseDecoderTest, ConnectionIsNotReusedAfterUnaskedBytesOrOnTheProvidersWish) {
  for (const std::string_view wire : {
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n",
           "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
           "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
           "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
           "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
       }) {
    const DecodedAnswer answer = decode_answer(wire, kAtOnce);

    EXPECT_TRUE(answer.complete) << wire;
    EXPECT_FALSE(answer.leaves_connection_reusable) << wire;
  }
}

}  // namespace
}  // namespace balancer
