#include "controlplane/cli/client/base_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::controlplane::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(BaseUrlTest, HasServerPortAndPrefix) {
  const BaseUrlReading plain = read_base_url("http://127.0.0.1:9090");
  const BaseUrlReading prefixed = read_base_url("HTTPS://Gateway.Example/anthropic/");

  ASSERT_TRUE(plain.url && prefixed.url);
  EXPECT_THAT(plain.faults, IsEmpty());
  EXPECT_EQ(plain.url->text(), "http://127.0.0.1:9090");
  EXPECT_TRUE(plain.url->is_loopback());
  EXPECT_THAT(prefixed.faults, IsEmpty());
  EXPECT_TRUE(prefixed.url->tls);
  EXPECT_EQ(prefixed.url->port, 443);
  EXPECT_EQ(prefixed.url->text(), "https://gateway.example/anthropic");
  EXPECT_FALSE(prefixed.url->is_loopback());
}

TEST(BaseUrlTest, KeepsTheBracketsOfAnAddressOutOfItsHost) {
  const BaseUrlReading reading = read_base_url("http://[::1]:9090");

  ASSERT_TRUE(reading.url);
  EXPECT_EQ(reading.url->host, "::1");
  EXPECT_EQ(reading.url->authority(), "[::1]:9090");
  EXPECT_TRUE(reading.url->is_loopback());
}

TEST(BaseUrlTest, SaysHowAnEndingInV1WouldBeRight) {
  for (const char* const text : {"http://h:1/v1", "http://h:1/v1/", "http://h:1/v1/messages"}) {
    const BaseUrlReading reading = read_base_url(text);

    ASSERT_TRUE(reading.url) << text;
    EXPECT_THAT(reading.faults, ElementsAre(HasSubstr("which clients append themselves"))) << text;
    EXPECT_EQ(reading.url->text(), "http://h:1") << text;
  }
}

TEST(BaseUrlTest, RefusesWhatClientsCannotUse) {
  for (const char* const text : {"", "127.0.0.1:9090", "ftp://h", "http://", "http://:80", "http://h:", "http://h:0",
                                 "http://h:65536", "http://h:9090x", "http://h 1", "http://[::1", "http://h/a b",
                                 "http://h/\"", "http://h:1\n", "http://h?x=1", "http://h#x", "http://me:you@h"}) {
    EXPECT_THAT(read_base_url(text).faults, Not(IsEmpty())) << text;
    EXPECT_THAT(base_url_complaint(text), Not(IsEmpty())) << text;
  }
  EXPECT_THAT(base_url_complaint("http://h:9090/x"), IsEmpty());
}

TEST(BaseUrlTest, ShowsNoPasswordAndNoQuery) {
  const BaseUrlReading reading = read_base_url("https://me:hidden-1@h/x?key=hidden-2#hidden-3");

  EXPECT_EQ(reading.shown, "https://***@h/x?***");
  EXPECT_THAT(reading.faults, SizeIs(2));
  EXPECT_EQ(read_base_url("hidden:pass@h").shown, "***@h");
}

}  // namespace
}  // namespace balancer::controlplane::cli
