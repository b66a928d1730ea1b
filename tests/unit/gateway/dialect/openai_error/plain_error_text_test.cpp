#include <gtest/gtest.h>

#include <string>

#include "gateway/dialect/openai_error/provider_error.hpp"

namespace balancer::gateway {
namespace {

TEST(PlainErrorTextTest, TagsOfAPageAreRemovedAndWhiteSpaceIsCollapsed) {
  EXPECT_EQ(plain_error_text("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
                             "Gateway</h1></center>\r\n<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>\r\n"),
            "502 Bad Gateway 502 Bad Gateway nginx/1.25.3");
}

TEST(PlainErrorTextTest, ScriptsStylesAndCommentsAreNoText) {
  EXPECT_EQ(plain_error_text("<!DOCTYPE html><!-- a > b --><STYLE>p > a { color: red }</style>"
                             "<script>if (1 < 2) alert('x')</SCRIPT><p>Web server is down</p>"),
            "Web server is down");
}

TEST(PlainErrorTextTest, PlainTextStaysAsItIs) {
  EXPECT_EQ(plain_error_text("upstream connect error or disconnect/reset before headers"),
            "upstream connect error or disconnect/reset before headers");
  EXPECT_EQ(plain_error_text("a < b and 1 <2, b > a"), "a < b and 1 <2, b > a");
}

TEST(PlainErrorTextTest, BodyWithoutTextGivesNone) {
  EXPECT_EQ(plain_error_text(""), "");
  EXPECT_EQ(plain_error_text(" \r\n\t"), "");
  EXPECT_EQ(plain_error_text("<html><body></body></html>"), "");
  EXPECT_EQ(plain_error_text("<"), "<");
  EXPECT_EQ(plain_error_text("<a"), "");
  EXPECT_EQ(plain_error_text("<!-- never closed"), "");
}

TEST(PlainErrorTextTest, LongTextIsCutBetweenTwoCharacters) {
  EXPECT_EQ(plain_error_text(std::string(10'000, 'x')), std::string(500, 'x'));
  // 499 bytes leave no room for the next character.
  EXPECT_EQ(plain_error_text(std::string(499, 'x') + "\xe2\x82\xac\xe2\x82\xac"), std::string(499, 'x'));
  EXPECT_EQ(plain_error_text(std::string(497, 'x') + "\xe2\x82\xac\xe2\x82\xac"),
            std::string(497, 'x') + "\xe2\x82\xac");
  EXPECT_EQ(plain_error_text(std::string(499, 'x') + " tail"), std::string(499, 'x'));
}

TEST(PlainErrorTextTest, InvalidUtf8IsReplaced) {
  EXPECT_EQ(plain_error_text("caf\xe9 ferm\xc3\xa9"), "caf\xef\xbf\xbd ferm\xc3\xa9");
}

TEST(PlainErrorTextTest, ManyOpenTagsAreReadOnce) {
  std::string page;
  for (int i = 0; i < 100'000; ++i) page += "<a";

  EXPECT_EQ(plain_error_text(page), "");
}

}  // namespace
}  // namespace balancer::gateway
