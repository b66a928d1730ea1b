#include "common/net/listen_address.hpp"

#include <gmock/gmock.h>

namespace balancer {
namespace {

using testing::HasSubstr;

ListenAddress parsed(std::string_view text) {
  const Result<ListenAddress> address = parse_listen_address(text);
  EXPECT_TRUE(address) << text;
  return address ? *address : ListenAddress{};
}

TEST(ListenAddressTest, ReadsHostAndPort) {
  EXPECT_EQ(parsed("127.0.0.1:9091"), ListenAddress(TcpAddress{"127.0.0.1", 9091}));
  EXPECT_EQ(parsed("control-plane.svc:65535"), ListenAddress(TcpAddress{"control-plane.svc", 65535}));
}

TEST(ListenAddressTest, AllowsPortZero) {
  EXPECT_EQ(parsed("127.0.0.1:0"), ListenAddress(TcpAddress{"127.0.0.1", 0}));
}

TEST(ListenAddressTest, ReadsIpv6InBrackets) { EXPECT_EQ(parsed("[::1]:80"), ListenAddress(TcpAddress{"::1", 80})); }

TEST(ListenAddressTest, ReadsUnixPath) {
  EXPECT_EQ(parsed("unix:/run/b.sock"), ListenAddress(UnixAddress{"/run/b.sock"}));
  EXPECT_EQ(parsed("unix:b.sock"), ListenAddress(UnixAddress{"b.sock"}));
}

TEST(ListenAddressTest, WritesWhatItReads) {
  for (const std::string text : {"127.0.0.1:9091", "[::1]:0", "unix:/run/b.sock", "localhost:1"}) {
    EXPECT_EQ(to_string(parsed(text)), text);
  }
}

TEST(ListenAddressTest, RefusesWhatIsNoAddressAndSaysWhy) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "HOST:PORT"},          {"localhost", "HOST:PORT"},         {":9090", "host"},
      {"host:", "port"},          {"host:65536", "port"},             {"host:-1", "port"},
      {"host:80x", "port"},       {"::1:80", "[ and ]"},              {"[::1:80", "IPv6"},
      {"[]:80", "IPv6"},          {"[zz]:80", "IPv6"},                {"[:80", "IPv6"},
      {"unix:", "path"},          {"a b:80", "host"},                 {"user@host:80", "host"},
      {"unix:" + std::string(108, 'x'), "at most 107"},
  };
  for (const auto& [text, reason] : cases) {
    const Result<ListenAddress> address = parse_listen_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error().message, HasSubstr(reason)) << text;
  }
}

TEST(ListenAddressTest, OnlyThisMachineReachesLoopback) {
  for (const auto* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix:/x"}) {
    EXPECT_TRUE(is_loopback(parsed(text))) << text;
  }
  for (const auto* text : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.example.com:1", "128.0.0.1:1"}) {
    EXPECT_FALSE(is_loopback(parsed(text))) << text;
  }
}

}  // namespace
}  // namespace balancer
