#include "common/http/browser_guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balancer::http {
namespace {

constexpr bool kOnLoopback = true;
constexpr bool kPublic = false;

RequestHead request(std::vector<HeaderField> fields) {
  RequestHead head;
  head.fields = std::move(fields);
  return head;
}

bool allowed(const RequestHead& head, bool on_loopback, const std::vector<std::string>& allowed_hosts = {}) {
  const auto error = check_browser_access(head, allowed_hosts, on_loopback);
  if (error) {
    EXPECT_EQ(error->code, ErrorCode::kPermission);
  }
  return !error;
}

bool host_allowed(std::string_view host) { return allowed(request({{"Host", host}}), kOnLoopback); }

TEST(BrowserGuardTest, LoopbackIsServedUnderItsOwnNames) {
  for (const char* host : {"localhost", "localhost:9090", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9090", "127.8.9.1",
                           "[::1]", "[::1]:9090", "gateway.localhost:9090"}) {
    EXPECT_TRUE(host_allowed(host)) << host;
  }
}

TEST(BrowserGuardTest, LoopbackIsNotServedUnderNamesThatAnybodysDnsMayPointThere) {
  for (const char* host : {"evil.example", "evil.example:9090", "127.0.0.1.evil.example", "127.evil.example:9090",
                           "localhost.evil.example", "notlocalhost", "localhost.", "192.168.0.1", "0.0.0.0:9090",
                           "[::2]", "[fe80::1]:9090", "2130706433", "127.1", "0x7f.0.0.1", "metadata.internal"}) {
    EXPECT_FALSE(host_allowed(host)) << host;
  }
}

TEST(BrowserGuardTest, ConfiguredNamesAreServedWhateverTheirPort) {
  const std::vector<std::string> names{"gateway.example"};

  EXPECT_TRUE(allowed(request({{"Host", "GATEWAY.example:8080"}}), kOnLoopback, names));
  EXPECT_FALSE(allowed(request({{"Host", "other.example"}}), kOnLoopback, names));
  EXPECT_FALSE(allowed(request({{"Host", "x.gateway.example"}}), kOnLoopback, names));
}

TEST(BrowserGuardTest, APublicListenerHasAnyName) {
  EXPECT_TRUE(allowed(request({{"Host", "gateway.example"}}), kPublic));
}

TEST(BrowserGuardTest, PagesOfAnotherOriginAreRefusedEverywhere) {
  for (const char* origin : {"http://evil.example", "https://evil.example", "null", "", "http://localhost:3000",
                             "http://localhost:90900", "file://", "chrome-extension://abc",
                             "http://localhost:9090.evil.example"}) {
    const auto head = request({{"Host", "localhost:9090"}, {"Origin", origin}});

    EXPECT_FALSE(allowed(head, kOnLoopback)) << origin;
    EXPECT_FALSE(allowed(head, kPublic)) << origin;
  }
}

TEST(BrowserGuardTest, TheGatewaysOwnOriginIsServed) {
  EXPECT_TRUE(allowed(request({{"Host", "localhost:9090"}, {"Origin", "http://LOCALHOST:9090"}}), kOnLoopback));
}

TEST(BrowserGuardTest, AConfiguredOriginIsServed) {
  const auto head = request({{"Host", "localhost:9090"}, {"Origin", "https://app.example:8443"}});

  EXPECT_TRUE(allowed(head, kOnLoopback, {"app.example"}));
}

TEST(BrowserGuardTest, AStarSwitchesBothChecksOff) {
  const auto head = request({{"Host", "evil.example"}, {"Origin", "http://other.example"}});

  EXPECT_TRUE(allowed(head, kOnLoopback, {"*"}));
}

TEST(BrowserGuardTest, ClientsWithoutAHostAreNoBrowsers) { EXPECT_TRUE(allowed(request({}), kOnLoopback)); }

}  // namespace
}  // namespace balancer::http
