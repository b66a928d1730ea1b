#include "gateway/http/content_decoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>

#include "tests/fakes/compression.hpp"

namespace balancer::gateway {
namespace {

using enum fakes::Coding;
using fakes::compressed;

constexpr std::size_t kLimit = 1024 * 1024;

Result<std::string> decode(const std::string& bytes, std::string_view coding, std::size_t limit = kLimit) {
  http::RequestBody body;
  body.append(bytes);
  const auto decoded = decode_content(std::move(body), coding, limit);
  if (!decoded) return decoded.error();
  return std::string(decoded->view());
}

const std::string kText = R"({"model":"m","messages":[]})";

TEST(ContentDecodingTest, PassesWhatIsNotEncoded) {
  EXPECT_EQ(*decode(kText, ""), kText);
  EXPECT_EQ(*decode(kText, "identity"), kText);
  EXPECT_EQ(*decode(kText, " Identity "), kText);
}

TEST(ContentDecodingTest, UndoesGzipAndDeflate) {
  EXPECT_EQ(*decode(compressed(kText, kGzip), "gzip"), kText);
  EXPECT_EQ(*decode(compressed(kText, kGzip), "GZIP"), kText);
  EXPECT_EQ(*decode(compressed(kText, kGzip), "x-gzip"), kText);
  EXPECT_EQ(*decode(compressed(kText, kZlib), "deflate"), kText);
  EXPECT_EQ(*decode(compressed("", kGzip), "gzip"), "");
}

TEST(ContentDecodingTest, UndoesBodiesLargerThanItsFirstBuffer) {
  std::string text;
  for (int i = 0; text.size() < kLimit - 16; ++i) text += std::to_string(i * 7919);
  text.resize(kLimit);

  EXPECT_TRUE(*decode(compressed(text, kGzip), "gzip") == text);
}

TEST(ContentDecodingTest, JoinsTheMembersOfAGzipBody) {
  EXPECT_EQ(*decode(compressed("one ", kGzip) + compressed("", kGzip) + compressed("two", kGzip), "gzip"), "one two");
}

TEST(ContentDecodingTest, JoinsMembersThatFillItsBuffersExactly) {
  const std::string first(256 * 1024, 'a');
  const std::string second(256 * 1024, 'b');

  EXPECT_TRUE(*decode(compressed(first, kGzip) + compressed(second, kGzip), "gzip") == first + second);
}

TEST(ContentDecodingTest, RefusesCodingsItDoesNotKnow) {
  for (const char* coding : {"br", "zstd", "compress", "gzip, gzip", "gzip, identity", "gzip;q=1", "*", "gzip\r"}) {
    const auto decoded = decode(compressed(kText, kGzip), coding);

    ASSERT_FALSE(decoded) << coding;
    EXPECT_EQ(decoded.error().code, ErrorCode::kUnsupportedCoding);
    EXPECT_EQ(decoded.error().detail_code, "request_body_encoding_unsupported");
  }
}

TEST(ContentDecodingTest, RefusesWhatIsNotValidInItsCoding) {
  const std::string good = compressed(kText, kGzip);
  std::string flipped = good;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x55);
  std::string wrong_checksum = good;
  wrong_checksum[wrong_checksum.size() - 6] = static_cast<char>(wrong_checksum[wrong_checksum.size() - 6] ^ 1);
  const std::vector<std::string> bad_ones = {
      "", kText, "\x1f\x8b", flipped, wrong_checksum, good + "garbage", compressed(kText, kRawDeflate),
      std::string(1000, '\0')};

  for (const std::string& bad : bad_ones) {
    const auto decoded = decode(bad, "gzip");

    ASSERT_FALSE(decoded) << testing::PrintToString(bad);
    EXPECT_EQ(decoded.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(decoded.error().detail_code, "request_body_encoding_invalid");
  }
}

TEST(ContentDecodingTest, RefusesABodyCutAnywhere) {
  const std::string good = compressed(kText, kGzip);

  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(decode(good.substr(0, size), "gzip")) << size;
}

TEST(ContentDecodingTest, StopsABombAtTheLimit) {
  const std::string bomb = compressed(std::string(40 * kLimit, '\0'), kGzip);
  ASSERT_LT(bomb.size(), 64u * 1024);

  const auto decoded = decode(bomb, "gzip");

  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kRequestTooLarge);
  EXPECT_EQ(decoded.error().detail_code, "request_body_too_large_after_decoding");
}

TEST(ContentDecodingTest, CountsAllMembersAgainstTheLimit) {
  const std::string half = compressed(std::string(kLimit / 2 + 1, 'x'), kGzip);

  EXPECT_TRUE(decode(half, "gzip"));
  EXPECT_EQ(decode(half + half, "gzip").error().code, ErrorCode::kRequestTooLarge);
}

TEST(ContentDecodingTest, TheLimitItselfIsAllowed) {
  EXPECT_TRUE(decode(compressed(std::string(kLimit, 'x'), kGzip), "gzip"));
  EXPECT_FALSE(decode(compressed(std::string(kLimit + 1, 'x'), kGzip), "gzip"));
}

}  // namespace
}  // namespace balancer::gateway
