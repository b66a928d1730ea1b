#include "common/http/request_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/request_body.hpp"
#include "tests/unit/common/http/bad_requests.hpp"

namespace balancer::http {
namespace {

using testing::Each;
using testing::SizeIs;

constexpr std::size_t kNoLimit = 64 * 1024 * 1024;

Result<RequestHead> parse(const std::string& bytes, const ServerLimits& limits = {}) {
  return RequestParser(limits).parse_head(bytes);
}

std::string get(const std::string& header_lines) { return "GET / HTTP/1.1\r\nHost: a\r\n" + header_lines + "\r\n"; }

std::string fields(std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) lines += "x-" + std::to_string(i) + ": v\r\n";
  return lines;
}

// The decoded body, or the error, of chunks that arrive in pieces of `step` bytes.
Result<std::string> decode_chunks(const std::string& chunks, std::size_t step, std::size_t limit = kNoLimit,
                                  const ServerLimits& limits = {}) {
  RequestParser parser(limits);
  const std::string head_bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto head = parser.parse_head(head_bytes);
  if (!head) return head.error();
  RequestBody body;
  std::string pending;
  for (std::size_t at = 0; at < chunks.size(); at += step) {
    pending += chunks.substr(at, step);
    const auto progress = parser.parse_chunks(pending, body, limit);
    if (!progress) return progress.error();
    pending.erase(0, progress->consumed);
    if (progress->complete) return std::string(body.view());
  }
  return Error{ErrorCode::kInternal, "never complete", {}};
}

TEST(RequestParserTest, ReadsLineAndFieldsAsTheyArrived) {
  const std::string bytes = "POST /v1/messages/?beta=true HTTP/1.1\r\nhOsT: a:1\r\nX-A:  one two \t\r\nX-A: three\r\n"
                            "Content-Length: 12\r\n\r\n";

  const auto head = parse(bytes);

  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/v1/messages/?beta=true");
  EXPECT_EQ(head->path, "/v1/messages");
  EXPECT_EQ(head->query, "beta=true");
  EXPECT_EQ(head->version, 11);
  EXPECT_EQ(head->header("x-a"), "one two");
  EXPECT_THAT(head->fields, SizeIs(4));
  EXPECT_EQ(head->content_length, 12u);
  EXPECT_FALSE(head->chunked);
  EXPECT_TRUE(head->keep_alive);
}

TEST(RequestParserTest, TellsWhetherTheClientWantsTheConnectionKept) {
  EXPECT_FALSE(parse(get("Connection: close\r\n"))->keep_alive);
  EXPECT_FALSE(parse(get("Connection: keep-alive, CLOSE\r\n"))->keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nHost: a\r\n\r\n")->keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
}

TEST(RequestParserTest, TakesChunkedWhateverItsCase) {
  EXPECT_TRUE(parse(post_with("tRANSFER-eNCODING: CHUNKED\r\n", ""))->chunked);
}

TEST(RequestParserTest, AbsoluteTargetMustNameTheHost) {
  EXPECT_EQ(parse("GET http://A.example/x HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n")->path, "/x");
  EXPECT_FALSE(parse("GET http://a.example/x HTTP/1.1\r\nHost: b.example\r\n\r\n"));
}

TEST(RequestParserTest, ExpectContinueIsForHttp11) {
  EXPECT_TRUE(parse(post_with("Expect: 100-Continue\r\nContent-Length: 1\r\n", ""))->expects_continue);
  EXPECT_FALSE(parse("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")->expects_continue);
}

TEST(RequestParserTest, LimitsFieldsAndTarget) {
  EXPECT_TRUE(parse(get(fields(127))));
  EXPECT_EQ(parse(get(fields(128))).error().code, ErrorCode::kHeadersTooLarge);
  EXPECT_TRUE(parse("GET /" + std::string(8191, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(parse("GET /" + std::string(8192, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n").error().code,
            ErrorCode::kUriTooLong);
}

TEST(ChunkedBodyTest, IsTheSameHoweverItIsCut) {
  const std::string chunks = "5\r\nhello\r\n1;name=value\r\n \r\n0005\r\nworld\r\n0\r\ntrailer: x\r\n\r\n";

  for (std::size_t step = 1; step <= chunks.size(); ++step) {
    const auto body = decode_chunks(chunks, step);

    ASSERT_TRUE(body) << "step " << step << ": " << body.error().message;
    EXPECT_EQ(*body, "hello world") << "step " << step;
  }
}

TEST(ChunkedBodyTest, AnEmptyOneMayComeInAnyPieces) {
  for (const std::string chunks : {"0\r\n\r\n", "000\r\n\r\n", "0;x\r\n\r\n", "0\r\na: b\r\n\r\n"}) {
    for (std::size_t step = 1; step <= chunks.size(); ++step) {
      const auto body = decode_chunks(chunks, step);

      ASSERT_TRUE(body) << chunks << " step " << step << ": " << body.error().message;
      EXPECT_EQ(*body, "");
    }
  }
}

TEST(ChunkedBodyTest, LeavesWhatFollowsIt) {
  RequestParser parser{ServerLimits{}};
  const std::string head_bytes = post_with("Transfer-Encoding: chunked\r\n", "");
  ASSERT_TRUE(parser.parse_head(head_bytes));
  RequestBody body;

  const auto progress = parser.parse_chunks("2\r\nhi\r\n0\r\n\r\nGET / HTTP/1.1\r\n", body, kNoLimit);

  ASSERT_TRUE(progress);
  EXPECT_TRUE(progress->complete);
  EXPECT_EQ(progress->consumed, 12u);
}

TEST(ChunkedBodyTest, TakesManyOneByteChunks) {
  constexpr std::size_t kChunks = 100'000;
  std::string chunks;
  for (std::size_t i = 0; i < kChunks; ++i) chunks += "1\r\nx\r\n";

  const auto body = decode_chunks(chunks + "0\r\n\r\n", 4096);

  ASSERT_TRUE(body);
  EXPECT_THAT(*body, SizeIs(kChunks));
  EXPECT_THAT(*body, Each('x'));
}

TEST(ChunkedBodyTest, IsCountedWhileItArrives) {
  EXPECT_TRUE(decode_chunks("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", 3, 10));
  EXPECT_EQ(decode_chunks("5\r\nhello\r\n5\r\nworld\r\n1\r\n!\r\n0\r\n\r\n", 3, 10).error().code,
            ErrorCode::kRequestTooLarge);
  EXPECT_EQ(decode_chunks("ffffffff\r\nhello world", 3, 10).error().code, ErrorCode::kRequestTooLarge);
}

TEST(ChunkedBodyTest, BoundsExtensionsAndTrailers) {
  const std::string long_text(5000, 'x');

  EXPECT_EQ(decode_chunks("1;" + long_text + "\r\nx\r\n0\r\n\r\n", 100'000).error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(decode_chunks("0\r\na: " + long_text + "\r\n\r\n", 100'000).error().code, ErrorCode::kInvalidRequest);
}

TEST(ChunkedBodyTest, BoundsTheExtensionsOfAllChunksTogether) {
  std::string chunks;
  for (int i = 0; i < 50; ++i) chunks += "1;" + std::string(100, 'x') + "\r\nx\r\n";

  EXPECT_EQ(decode_chunks(chunks + "0\r\n\r\n", 1000).error().code, ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace balancer::http
