#include "controlplane/config/host_kind.hpp"

#include <gtest/gtest.h>

namespace balancer::controlplane {
namespace {

TEST(HostKindTest, KnowsMetadataServicesInEverySpelling) {
  for (const char* const host :
       {"169.254.169.254", "169.254.0.1", "2852039166", "0xA9FEA9FE", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376",
        "169.254.43518", "169.16689662", "169.254.169.254.", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe",
        "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254",
        "fd20:ce::254", "metadata.google.internal", "METADATA.google.internal.", "metadata", "100.100.100.200",
        "192.0.0.192"}) {
    EXPECT_TRUE(is_guarded_host(host)) << host;
  }
}

TEST(HostKindTest, LetsOtherHostsPass) {
  for (const char* const host : {"api.anthropic.com", "127.0.0.1", "10.0.0.1", "192.168.1.5", "169.253.1.1", "::1",
                                 "fd00::1", "2001:db8::1", "metadata.example", "localhost", "", "."}) {
    EXPECT_FALSE(is_guarded_host(host)) << host;
  }
}

TEST(HostKindTest, KnowsLoopback) {
  for (const char* const host : {"localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "::1", "[::1]"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* const host : {"0.0.0.0", "::", "127.evil.example", "localhost.example", "10.0.0.1", ""}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

}  // namespace
}  // namespace balancer::controlplane
