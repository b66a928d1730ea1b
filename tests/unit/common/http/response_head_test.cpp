#include "common/http/response_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/http/date_header.hpp"
#include "common/http/request_id.hpp"

namespace balancer::http {
namespace {

using testing::MatchesRegex;
using testing::SizeIs;

TEST(ResponseHeadTest, KeepsTheFieldsInOrder) {
  ResponseHead head(200);
  head.add("b", "1");
  head.add("a", "2");

  EXPECT_EQ(head.field_lines(), "b: 1\r\na: 2\r\n");
}

TEST(ResponseHeadTest, AValueCannotStartALineOfItsOwn) {
  ResponseHead head(200);
  head.add("a", "one\r\nset-cookie: x");
  head.add("b", "two\nx");
  head.add("c", std::string_view("three\0x", 7));

  EXPECT_EQ(head.field_lines(), "a: one\r\nb: two\r\nc: three\r\n");
}

TEST(ResponseHeadTest, FindsTheFirstFieldOfAName) {
  ResponseHead head(200);
  head.add("x-type", "not this one");
  head.add("content-type", "text/plain");
  head.add("content-type", "application/json");
  head.add("empty", "");

  EXPECT_EQ(head.find("content-type"), "text/plain");
  EXPECT_EQ(head.find("type"), "");
  EXPECT_EQ(head.find("content"), "");
  EXPECT_EQ(head.find("empty"), "");
}

TEST(StatusLineTest, HasAReasonForTheStatusesThatWeSend) {
  EXPECT_EQ(status_line(200), "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(status_line(431), "HTTP/1.1 431 Request Header Fields Too Large\r\n");
  EXPECT_EQ(status_line(529), "HTTP/1.1 529 Overloaded\r\n");
}

TEST(RequestIdTest, IsReqAndTwentyFourLettersNeverTheSame) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(make_request_id());

  EXPECT_THAT(ids, SizeIs(1000));
  EXPECT_THAT(*ids.begin(), MatchesRegex("req_[0-9A-Za-z]{24}"));
}

TEST(DateHeaderTest, IsAnImfFixdate) {
  EXPECT_THAT(std::string(current_http_date()),
              MatchesRegex("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} "
                           "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT"));
}

}  // namespace
}  // namespace balancer::http
