// However Host is spelled, nobody reaches a provider without a key, and no name of somebody else's is served on loopback
// (promises.md T32).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_provider.hpp"
#include "tests/integration/edge/edge_config.hpp"
#include "tests/integration/support/stack.hpp"

namespace balancer::integration {
namespace {

using testing::AnyOf;

constexpr const char* kKey = "alice-0123456789abcdef";

class HostSpellingsTest : public testing::Test {
 protected:
  HostSpellingsTest() { provider_.always(fakes::json_message("hello")); }

  [[nodiscard]] int status_for(const std::string& target, const std::string& host, const std::string& more) const {
    fakes::HttpConnection connection = stack_.client().connect();
    connection.send_raw("POST " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + "Content-Length: " +
                        std::to_string(small_request().size()) + "\r\n\r\n" + small_request());
    return connection.read_response().status;
  }
  [[nodiscard]] int with_key(const std::string& host) const {
    return status_for("/v1/messages", host, "x-api-key: " + std::string(kKey) + "\r\n");
  }
  [[nodiscard]] int without_key(const std::string& host) const { return status_for("/v1/messages", host, ""); }

  fakes::FakeProvider provider_;
  Standalone stack_{edge_config({provider_entry("a", provider_.base_url())},
                                {"auth:", "  enabled: true", std::string("  api_key: ") + kKey})};
};

TEST_F(HostSpellingsTest, NamesOfThisMachineAreServedToWhoeverHasAKey) {
  const std::vector<std::string> own = {"localhost", "LocalHost", "localhost:9090", "localhost:", "127.0.0.1",
                                        "127.8.9.1:80", "[::1]", "[::1]:9090", "a.localhost"};
  for (const std::string& host : own) {
    EXPECT_EQ(with_key(host), 200) << host;
    EXPECT_EQ(without_key(host), 401) << host;
  }

  EXPECT_EQ(provider_.request_count(), own.size());
}

TEST_F(HostSpellingsTest, WhatIsNoHostIsMalformed) {
  for (const std::string host :
       {"user@localhost", "user:secret@localhost", "@localhost", "localhost@evil.example", "localhost/v1", "/localhost",
        "localhost?x", "?localhost", "localhost#x", "#localhost", "localhost\\x", "localhost, evil.example",
        "localhost,localhost", "local host", "localhost evil.example", "localhost\tx", "localhost\x01", "localhost\x7f",
        "l\xc3\xb6" "calhost", "http://localhost", "localhost:80:80", "localhost:http", "localhost:-1", "localhost:80x",
        "[::1", "::1]", "[::1]x", "[::1].evil.example", "[::1]evil.example:80", "a[::1]", "[[::1]]", "::1", "[::1]:80:80",
        "[::1]:x"}) {
    EXPECT_EQ(with_key(host), 400) << host;
    EXPECT_EQ(without_key(host), 400) << host;
  }

  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(HostSpellingsTest, NamesThatAreNotThisMachinesAreRefused) {
  for (const std::string host :
       {"evil.example", "EVIL.example:9090", "127.0.0.1.evil.example", "localhost.evil.example", "evillocalhost",
        "localhost.", "localhost..", ".localhost.", "127.0.0.1.", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1",
        "127.0.0.256", "0.0.0.0", "10.0.0.1", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[fe80::1]",
        "localhost%00", "localhost%2eevil.example", "xn--lcalhost-n4a", ";localhost", "*"}) {
    EXPECT_EQ(with_key(host), 403) << host;
    EXPECT_THAT(without_key(host), AnyOf(401, 403)) << host;
  }

  EXPECT_EQ(provider_.request_count(), 0u);
}

TEST_F(HostSpellingsTest, AnAbsoluteTargetNamesTheSameHost) {
  const std::string key = "x-api-key: " + std::string(kKey) + "\r\n";
  EXPECT_EQ(status_for("http://localhost/v1/messages", "localhost", key), 200);
  EXPECT_EQ(status_for("HTTP://LOCALHOST/v1/messages", "localhost", key), 200);
  for (const std::string target : {"http://evil.example/v1/messages", "http://localhost:81/v1/messages",
                                   "http://user@localhost/v1/messages", "http://localhost./v1/messages",
                                   "http://localhost@evil.example/v1/messages", "http://[::1]/v1/messages",
                                   "http:///v1/messages", "//localhost/v1/messages", "http://localhost?/v1/messages"}) {
    EXPECT_THAT(status_for(target, "localhost", key), AnyOf(400, 404, 405)) << target;
    EXPECT_THAT(status_for(target, "localhost", ""), AnyOf(400, 401)) << target;
  }

  EXPECT_EQ(provider_.request_count(), 2u);
}

}  // namespace
}  // namespace balancer::integration
