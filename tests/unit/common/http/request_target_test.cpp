#include "common/http/request_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace balancer::http {
namespace {

struct Spelling {
  std::string target;
  std::string path;
};

TEST(RequestTargetTest, HasOneCanonicalPathWhateverTheSpelling) {
  const std::vector<Spelling> spellings = {
      {"/", "/"},
      {"//", "/"},
      {"///", "/"},
      {"/v1/messages", "/v1/messages"},
      {"/v1/messages/", "/v1/messages"},
      {"/v1/messages//", "/v1/messages"},
      {"/v1/messages?beta=true", "/v1/messages"},
      {"/v1/messages/?beta=true", "/v1/messages"},
      {"/v1/messages?", "/v1/messages"},
      {"/v1/messages??", "/v1/messages"},
      {"/v1/messages?a=/health", "/v1/messages"},
      {"/v1/messages?a=%zz", "/v1/messages"},
      {"/%76%31/messages", "/v1/messages"},
      {"/v1%2Fmessages", "/v1/messages"},
      {"/v1%2fmessages", "/v1/messages"},
      {"/v1/messages%2F", "/v1/messages"},
      {"/V1/Messages", "/V1/Messages"},
      // Another path than /v1/messages, and looked at as it is.
      {"//v1/messages", "//v1/messages"},
      {"/v1//messages", "/v1//messages"},
      {"/./v1/messages", "/./v1/messages"},
      {"/health/../v1/messages", "/health/../v1/messages"},
      {"/health/%2e%2e/v1/messages", "/health/../v1/messages"},
      {"/health/%2E%2e/v1/messages", "/health/../v1/messages"},
      {"/health/..%2fv1/messages", "/health/../v1/messages"},
      {"/health;/v1/messages", "/health;/v1/messages"},
      {"/v1/messages;x=1", "/v1/messages;x=1"},
      {"/v1/messages%3Fbeta", "/v1/messages?beta"},
      {"/v1/messages%23x", "/v1/messages#x"},
      {"/v1\\messages", "/v1\\messages"},
      {"/v1%5cmessages", "/v1\\messages"},
      {"/v1/messages.", "/v1/messages."},
      {"/v1/messages%20", "/v1/messages "},
      // Decoded once only.
      {"/v1%252Fmessages", "/v1%2Fmessages"},
      {"/%25", "/%"},
      {"/%ff", "/\xff"},
      {"/%C0%AF", "/\xc0\xaf"},
      {"/~a_b-c.d!$&'()*+,=:@", "/~a_b-c.d!$&'()*+,=:@"},
      {"*", "*"},
      {"http://a/v1/messages", "/v1/messages"},
      {"HTTP://A:80/v1/messages/", "/v1/messages"},
      {"https://a/v1/messages?x", "/v1/messages"},
      {"http://a", "/"},
      {"http://a?x", "/"},
      {"http://a//v1/messages", "//v1/messages"},
      {"http://[::1]:9090/health", "/health"},
  };

  for (const Spelling& spelling : spellings) {
    const auto parsed = parse_request_target(spelling.target);

    ASSERT_TRUE(parsed) << spelling.target << ": " << parsed.error().message;
    EXPECT_EQ(parsed->path, spelling.path) << spelling.target;
  }
}

TEST(RequestTargetTest, RefusesWhatServersReadDifferently) {
  const std::vector<std::string> targets = {
      "",           "v1/messages",  "?beta",        "a:80",          "*/",           "**",          "/a#b",
      "#",          "/a%",          "/a%4",         "/a%zz",         "/a%4g",        "/%00",        "/a%0d%0aX:y",
      "/%09",       "/%7f",         "/a b",         "/a\tb",         "/\x7f",        "/\xc3\xa4",   "/a\xff",
      "http:/a",    "http:///a",    "http://",      "http://u@a/",   "http://u:p@a", "ftp://a/b",
      "file:///etc/passwd",         "javascript:alert(1)",        "http://?a",    "/%u002f",
  };

  for (const std::string& target : targets) {
    const auto parsed = parse_request_target(target);

    ASSERT_FALSE(parsed) << target << " was read as " << parsed->path;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidRequest) << target;
  }
}

TEST(RequestTargetTest, KeepsTheQueryAsItArrived) {
  const std::string target = "/v1/messages?beta=true&x=%2F?y";

  const auto parsed = parse_request_target(target);

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->query, "beta=true&x=%2F?y");
}

TEST(RequestTargetTest, NamesTheAuthorityOfTheAbsoluteFormOnly) {
  const std::string absolute = "http://a.example:81/x?y";

  EXPECT_EQ(parse_request_target(absolute)->authority, "a.example:81");
  EXPECT_EQ(parse_request_target("/x")->authority, "");
}

}  // namespace
}  // namespace balancer::http
