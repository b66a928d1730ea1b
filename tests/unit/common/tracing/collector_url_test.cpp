#include "common/tracing/collector_url.hpp"

#include <gtest/gtest.h>

namespace balancer::tracing {
namespace {

TEST(CollectorUrlTest, ReadsOriginPathAndQuery) {
  const auto url = parse_collector_url("https://Collector.example:4318/otlp/v1/traces?key=abc");

  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->origin, (ProviderUrl{.tls = true, .host = "collector.example", .port = 4318, .path_prefix = ""}));
  EXPECT_EQ(url->path, "/otlp/v1/traces");
  EXPECT_EQ(url->query.reveal(), "?key=abc");
  EXPECT_TRUE(url->authorization.empty());
}

TEST(CollectorUrlTest, KeepsThePathAsItIs) {
  EXPECT_EQ(parse_collector_url("http://c/v1/traces/").value().path, "/v1/traces/");
  EXPECT_EQ(parse_collector_url("http://c/a%20b").value().path, "/a%20b");
  EXPECT_EQ(parse_collector_url("http://c").value().path, "/");
}

TEST(CollectorUrlTest, AUserNameBecomesBasicCredentials) {
  const auto url = parse_collector_url("http://Aladdin:open%20sesame@127.0.0.1:1");

  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->authorization.reveal(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(url->origin.host, "127.0.0.1");
  EXPECT_EQ(url->origin.port, 1);
}

TEST(CollectorUrlTest, ForPeopleItIsTheOrigin) {
  EXPECT_EQ(to_string(parse_collector_url("https://u:p@collector.example/x?key=abc").value()),
            "https://collector.example");
  EXPECT_EQ(to_string(parse_collector_url("http://[::1]:4318/v1/traces").value()), "http://[::1]:4318");
}

class InvalidCollectorUrlTest : public testing::TestWithParam<const char*> {};

TEST_P(InvalidCollectorUrlTest, IsRefusedWithoutBeingRepeated) {
  const auto url = parse_collector_url(GetParam());

  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().message.find("hush"), std::string::npos) << url.error().message;
}

INSTANTIATE_TEST_SUITE_P(All, InvalidCollectorUrlTest,
                         testing::Values("hush", "hush:4317", "grpc://hush:4317", "http://", "http://host:0/hush",
                                         "http://host:99999/hush", "http://host:80hush", "http://host/#hush",
                                         "http://user:hush@", "http://ho st/hush", "http://host/\r\nhush: 1",
                                         "http://ho%0d%0ast/hush"));

}  // namespace
}  // namespace balancer::tracing
