// No bytes make two exchanges out of one request (promises.md T30).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/common/http/bad_requests.hpp"
#include "tests/unit/common/http/served_http.hpp"

namespace balancer::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kGood = "GET /good HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

class BadRequestTest : public testing::TestWithParam<BadRequest> {
 protected:
  ServedHttp server_;
};

TEST_P(BadRequestTest, IsRefusedAndTheConnectionClosed) {
  const std::string answer = server_.conversation(GetParam().bytes);

  EXPECT_THAT(statuses_in(answer), ElementsAre(GetParam().status));
  EXPECT_THAT(answer, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr(R"({"type":"error","error":{"type":"invalid_request_error")"));
  EXPECT_THAT(server_.seen_paths(), IsEmpty());
}

TEST_P(BadRequestTest, BehindAGoodRequestEndsTheConnectionAfterThatOne) {
  const std::string answers = server_.conversation(kGood + GetParam().bytes + kSmuggled);

  EXPECT_THAT(statuses_in(answers), ElementsAre(200, GetParam().status));
  EXPECT_THAT(server_.seen_paths(), ElementsAre("/good"));
}

std::string name_of(const testing::TestParamInfo<BadRequest>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(All, BadRequestTest, testing::ValuesIn(bad_requests()), name_of);

// The head is fine; the body's framing is not.
class BadChunksTest : public testing::TestWithParam<BadRequest> {
 protected:
  ServedHttp server_;
};

TEST_P(BadChunksTest, AreRefusedAndNothingBehindThemIsServed) {
  const std::string answers =
      server_.conversation(post_with("Transfer-Encoding: chunked\r\n", GetParam().bytes) + kSmuggled);

  EXPECT_THAT(statuses_in(answers), ElementsAre(400));
  EXPECT_THAT(answers, HasSubstr("connection: close\r\n"));
  EXPECT_THAT(server_.seen_paths(), ElementsAre("/bad"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadChunksTest,
    testing::Values(BadRequest{"SizeThatIsNoNumber", "g\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"SignedSize", "+5\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"NegativeSize", "-5\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"PrefixedSize", "0x5\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"SizeBehindBlank", " 5\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"EmptySize", "\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"OverflowingSize", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"WrappingSize", "10000000000000005\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"SizeLineWithoutCarriageReturn", "5\nhello\r\n0\r\n\r\n"},
                    BadRequest{"ChunkLongerThanItsSize", "5\r\nhelloX\r\n0\r\n\r\n"},
                    BadRequest{"ChunkEndWithoutCarriageReturn", "5\r\nhello\n0\r\n\r\n"},
                    BadRequest{"ExtensionWithBareCarriageReturn", "5;a\rb\r\nhello\r\n0\r\n\r\n"},
                    BadRequest{"TextBehindLastSize", "0x\r\n\r\n"},
                    BadRequest{"TrailerWithoutColon", "0\r\nnothing\r\n\r\n"},
                    BadRequest{"TrailerWithNul", std::string("0\r\na: \0\r\n\r\n", 12)}),
    name_of);

TEST(SmugglingTest, BytesBehindABodyAreTheNextRequestAndNothingElse) {
  ServedHttp server;
  const std::string inner = "GET /inner HTTP/1.1\r\nHost: a\r\n\r\n";

  const std::string answers = server.conversation(
      "POST /outer HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner +
      "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(server.seen_paths(), ElementsAre("/outer", "/last"));
  EXPECT_EQ(server.seen().front().body, inner);
  EXPECT_THAT(answers, EndsWith("GET /last "));
}

TEST(SmugglingTest, UnderscoresDoNotMakeAFramingField) {
  ServedHttp server;

  const std::string answers = server.conversation(
      "POST /a HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"
      "hello");

  EXPECT_THAT(statuses_in(answers), ElementsAre(200));
  EXPECT_EQ(server.seen().front().body, "hello");
}

TEST(SmugglingTest, ABodyNobodyReadIsNotTakenForARequest) {
  ServedHttp server([](Exchange& exchange) -> asio::awaitable<void> {
    const ResponseHead head(200);
    co_await exchange.respond(head, exchange.request().path);
  });
  const std::string inner = kSmuggled;

  const std::string answers = server.conversation("GET /outer HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                                                  std::to_string(inner.size()) + "\r\n\r\n" + inner);

  EXPECT_THAT(statuses_in(answers), ElementsAre(200));
  EXPECT_THAT(answers, EndsWith("/outer"));
  EXPECT_THAT(answers, HasSubstr("connection: close\r\n"));
}

}  // namespace
}  // namespace balancer::http
