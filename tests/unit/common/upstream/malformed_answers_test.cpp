// promises.md T14: what a provider must not be believed.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/unit/common/upstream/decoded_answer.hpp"

namespace balancer {
namespace {

using Kind = UpstreamFailureKind;

struct BadAnswer {
  std::string name;
  std::string wire;
  Kind expected = Kind::kMalformed;

  friend void PrintTo(const BadAnswer& answer, std::ostream* out) { *out << answer.name; }
};

std::string with_headers(const std::string& headers, const std::string& body = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& body) { return with_headers("Transfer-Encoding: chunked\r\n", body); }

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::vector<BadAnswer> bad_answers() {
  return {
      {"Nothing", "", Kind::kResetBeforeHead},
      {"PartOfAHead", "HTTP/1.1 200 OK\r\nContent-Le", Kind::kResetBeforeHead},
      {"Html", "<html><body>Sign in</body></html>"},
      {"AnotherProtocol", "SSH-2.0-OpenSSH_9.2\r\n"},
      {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"LowerCaseVersion", "http/1.1 200 OK\r\n\r\n"},
      {"Version12", "HTTP/1.2 200 OK\r\n\r\n"},
      {"LeadingEmptyLine", "\r\nHTTP/1.1 200 OK\r\n\r\n"},
      {"Status000", "HTTP/1.1 000 Zero\r\n\r\n"},
      {"Status099", "HTTP/1.1 099 Low\r\n\r\n"},
      {"Status600", "HTTP/1.1 600 High\r\n\r\n"},
      {"Status999", "HTTP/1.1 999 High\r\n\r\n"},
      {"StatusOfTwoDigits", "HTTP/1.1 20 OK\r\n\r\n"},
      {"StatusOfFourDigits", "HTTP/1.1 2000 OK\r\n\r\n"},
      {"SwitchingProtocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"},
      {"InterimFlood", repeated("HTTP/1.1 100 Continue\r\n\r\n", 9) + with_headers("")},
      {"BareLineFeeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
      {"BareCarriageReturn", with_headers("x: a\rb\r\n")},
      {"NulInValue", with_headers(std::string("x: a\0b\r\n", 8))},
      {"SpaceBeforeColon", with_headers("Content-Length : 0\r\n")},
      {"EmptyFieldName", with_headers(": x\r\n")},
      {"LineWithoutColon", with_headers("nonsense\r\n")},
      {"FoldedHeader", with_headers("x: a\r\n b\r\n")},
      {"FoldedTransferEncoding", with_headers("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
      {"GzipWithLength", with_headers("Transfer-Encoding: gzip\r\nContent-Length: 2\r\n", "ok")},
      {"AlmostChunked", with_headers("Transfer-Encoding: xchunked\r\n")},
      {"ChunkedThenIdentity", with_headers("Transfer-Encoding: chunked, identity\r\n")},
      {"GzipThenChunked", with_headers("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
      {"IdentityOnly", with_headers("Transfer-Encoding: identity\r\n")},
      {"ChunkedTwice", with_headers("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"ChunkedThenLength", with_headers("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
      {"LengthThenChunked", with_headers("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"ChunkedOnHttp10", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"NegativeLength", with_headers("Content-Length: -1\r\n")},
      {"SignedLength", with_headers("Content-Length: +1\r\n", "x")},
      {"HexLength", with_headers("Content-Length: 0x10\r\n")},
      {"OverflowingLength", with_headers("Content-Length: 18446744073709551616\r\n")},
      {"ConflictingLengths", with_headers("Content-Length: 1\r\nContent-Length: 2\r\n", "ab")},
      {"ChunkSizeNotHex", chunked("xyz\r\nabc\r\n0\r\n\r\n")},
      {"ChunkSizeOverflows", chunked("fffffffffffffffff\r\nabc")},
      {"ChunkSizeSigned", chunked("-1\r\nabc\r\n0\r\n\r\n")},
      {"ChunkWithoutItsEnd", chunked("3\r\nabcdef\r\n0\r\n\r\n")},
      {"BareLineFeedAfterChunkSize", chunked("3\nabc\r\n0\r\n\r\n")},
      {"EndlessChunkExtension", chunked("3;x=" + std::string(100'000, 'x')), Kind::kTooLarge},
      {"LongChunkExtension", chunked("3;x=" + std::string(6'000, 'x') + "\r\nabc\r\n0\r\n\r\n"), Kind::kTooLarge},
      {"CutBeforeTheFirstChunk", chunked("0\r\n"), Kind::kTruncated},
      {"EndlessTrailers", chunked("0\r\n" + repeated("x: y\r\n", 20'000)), Kind::kTooLarge},
      {"LongTrailers", chunked("0\r\nx: " + std::string(6'000, 'x') + "\r\n\r\n"), Kind::kTooLarge},
      {"TrailerThatIsNoHeader", chunked("0\r\nnonsense\r\n\r\n")},
      {"EndlessHeaderLine", with_headers("x: " + std::string(4'000'000, 'x')), Kind::kTooLarge},
      {"EndlessStatusLine", "HTTP/1.1 200 " + std::string(4'000'000, 'x'), Kind::kTooLarge},
      {"TooManyFields", with_headers(repeated("x: y\r\n", 129)), Kind::kTooLarge},
      {"LengthBeyondTheBody", with_headers("Content-Length: 10\r\n", "short"), Kind::kTruncated},
      {"ChunkCutShort", chunked("a\r\nshort"), Kind::kTruncated},
      {"NoLastChunk", chunked("2\r\nok\r\n"), Kind::kTruncated},
      {"NoEndOfTrailers", chunked("2\r\nok\r\n0\r\n"), Kind::kTruncated},
  };
}

class MalformedAnswersTest : public testing::TestWithParam<BadAnswer> {};

INSTANTIATE_TEST_SUITE_P(Garbage, MalformedAnswersTest, testing::ValuesIn(bad_answers()),
                         [](const auto& answer) { return answer.param.name; });

TEST_P(MalformedAnswersTest, AreRefusedInBoundedMemoryHoweverTheyAreCut) {
  for (const std::size_t piece : {1, 7, 1 << 20}) {
    const DecodedAnswer answer = decode_answer(GetParam().wire, piece);

    ASSERT_TRUE(answer.failure.has_value()) << "in pieces of " << piece;
    EXPECT_EQ(to_string(*answer.failure), to_string(GetParam().expected)) << "in pieces of " << piece;
    EXPECT_LE(answer.buffer_size, 2 * ResponseParser::kHeadLimit);
  }
}

}  // namespace
}  // namespace balancer
