#include "tests/unit/common/http/bad_requests.hpp"

#include <string_view>

namespace balancer::http {
namespace {

constexpr std::string_view kEmptyChunked = "0\r\n\r\n";

std::string get_with(const std::string& header_lines) {
  return "GET /bad HTTP/1.1\r\nHost: a\r\n" + header_lines + "\r\n";
}

std::string chunked_with(const std::string& header_lines) {
  return post_with(header_lines, std::string(kEmptyChunked));
}

std::vector<BadRequest> bad_framing() {
  return {
      {"TransferEncodingGzipWithLength", post_with("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "hello")},
      {"TransferEncodingXchunkedWithLength",
       post_with("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", "hello")},
      {"ChunkedIdentityWithLength",
       post_with("Transfer-Encoding: chunked, identity\r\nContent-Length: 5\r\n", "hello")},
      {"ChunkedIdentity", chunked_with("Transfer-Encoding: chunked, identity\r\n"), 501},
      {"IdentityAlone", chunked_with("Transfer-Encoding: identity\r\n"), 501},
      {"GzipThenChunked", chunked_with("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"QuotedChunked", chunked_with("Transfer-Encoding: \"chunked\"\r\n"), 501},
      {"ChunkedWithParameter", chunked_with("Transfer-Encoding: chunked;q=1\r\n"), 501},
      {"ChunkedWithTrailingComma", chunked_with("Transfer-Encoding: chunked,\r\n"), 501},
      {"EmptyTransferEncoding", chunked_with("Transfer-Encoding:\r\n"), 501},
      {"TwoTransferEncodingFields", chunked_with("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"), 501},
      {"ChunkedTwice", chunked_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"ChunkedInHttp10", "POST /bad HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"LengthThenChunked", chunked_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
      {"ChunkedThenLength", chunked_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
      {"EqualLengthsTwice", post_with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
      {"EqualLengthsInAList", post_with("Content-Length: 5, 5\r\n", "hello")},
      {"ConflictingLengths", post_with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
      {"SignedLength", post_with("Content-Length: +5\r\n", "hello")},
      {"NegativeLength", post_with("Content-Length: -5\r\n", "hello")},
      {"HexLength", post_with("Content-Length: 0x5\r\n", "hello")},
      {"LengthWithBlank", post_with("Content-Length: 5 0\r\n", "hello")},
      {"LengthWithFraction", post_with("Content-Length: 5.0\r\n", "hello")},
      {"OverflowingLength", post_with("Content-Length: 18446744073709551621\r\n", "hello")},
      {"EmptyLength", post_with("Content-Length:\r\n", "hello")},
      {"UnknownExpectation", post_with("Expect: 200-ok\r\nContent-Length: 5\r\n", "hello"), 417},
      {"TwoExpectations",
       post_with("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n", "hello"), 417},
  };
}

std::vector<BadRequest> bad_lines() {
  using namespace std::string_literals;
  return {
      {"FoldedHeader", get_with("X-A: one\r\n two\r\n")},
      {"FoldedWithTab", get_with("X-A: one\r\n\ttwo\r\n")},
      {"FoldedTransferEncoding", chunked_with("Transfer-Encoding:\r\n chunked\r\n")},
      {"FoldedFirstHeader", "GET /bad HTTP/1.1\r\n Host: a\r\n\r\n"},
      {"SpaceBeforeColon", post_with("Content-Length : 5\r\n", "hello")},
      {"TabBeforeColon", chunked_with("Transfer-Encoding\t: chunked\r\n")},
      {"HeaderWithoutColon", get_with("Nothing\r\n")},
      {"HeaderWithoutName", get_with(": value\r\n")},
      {"VerticalTabInValue", chunked_with("Transfer-Encoding: \vchunked\r\n")},
      {"NulInValue", get_with("X-A: one\0two\r\n"s)},
      {"NulInName", get_with("X-\0A: one\r\n"s)},
      {"BareCarriageReturn", get_with("X-A: one\rX-B: two\r\n")},
      {"BareLineFeed", get_with("X-A: one\nX-B: two\r\n")},
      {"OnlyLineFeeds", "GET /bad HTTP/1.1\nHost: a\n\n"},
      {"LeadingEmptyLine", "\r\nGET /bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"LeadingEmptyHead", "\r\n\r\nGET /bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TlsClientHello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s},
      {"DoubleSpaceBeforeTarget", "GET  /bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"DoubleSpaceBehindTarget", "GET /bad  HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TabBeforeTarget", "GET\t/bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"SpaceInTarget", "GET /b ad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TextBehindVersion", "GET /bad HTTP/1.1 x\r\nHost: a\r\n\r\n"},
      {"Http09", "GET /bad\r\n\r\n"},
      {"Http12", "GET /bad HTTP/1.2\r\nHost: a\r\n\r\n"},
      {"Http20", "GET /bad HTTP/2.0\r\nHost: a\r\n\r\n"},
      {"Http11InLowerCase", "GET /bad http/1.1\r\nHost: a\r\n\r\n"},
      {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"MethodThatIsNoToken", "G(ET /bad HTTP/1.1\r\nHost: a\r\n\r\n"},
  };
}

std::vector<BadRequest> bad_addresses() {
  return {
      {"NoHost", "GET /bad HTTP/1.1\r\n\r\n"},
      {"TwoHosts", get_with("Host: b\r\n")},
      {"TwoEqualHosts", get_with("Host: a\r\n")},
      {"HostList", "GET /bad HTTP/1.1\r\nHost: a, b\r\n\r\n"},
      {"HostWithUserinfo", "GET /bad HTTP/1.1\r\nHost: user@a\r\n\r\n"},
      {"HostWithPath", "GET /bad HTTP/1.1\r\nHost: a/x\r\n\r\n"},
      {"HostWithQuery", "GET /bad HTTP/1.1\r\nHost: a?x\r\n\r\n"},
      {"HostWithFragment", "GET /bad HTTP/1.1\r\nHost: a#x\r\n\r\n"},
      {"HostWithTwoPorts", "GET /bad HTTP/1.1\r\nHost: a:80:80\r\n\r\n"},
      {"HostWithAPortInLetters", "GET /bad HTTP/1.1\r\nHost: a:b\r\n\r\n"},
      {"HostBehindBrackets", "GET /bad HTTP/1.1\r\nHost: [::1]a\r\n\r\n"},
      {"HostWithAnOpenBracket", "GET /bad HTTP/1.1\r\nHost: [::1\r\n\r\n"},
      {"HostWithABracketInside", "GET /bad HTTP/1.1\r\nHost: a[::1]\r\n\r\n"},
      {"HostWithNonAscii", "GET /bad HTTP/1.1\r\nHost: \xc3\xa4\r\n\r\n"},
      {"AbsoluteTargetElsewhere", "GET http://b/bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"AbsoluteTargetOtherPort", "GET http://a:81/bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"AbsoluteTargetWithUserinfo", "GET http://user@a/bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"FragmentInTarget", "GET /bad#x HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"NonAsciiInTarget", "GET /bad\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"AuthorityTarget", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"},
      {"RelativeTarget", "GET bad HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"TargetTooLong", "GET /" + std::string(8 * 1024, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
  };
}

}  // namespace

std::string post_with(const std::string& header_lines, const std::string& body) {
  return "POST /bad HTTP/1.1\r\nHost: a\r\n" + header_lines + "\r\n" + body;
}

std::vector<BadRequest> bad_requests() {
  std::vector<BadRequest> all = bad_framing();
  for (const auto& more : {bad_lines(), bad_addresses()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace balancer::http
