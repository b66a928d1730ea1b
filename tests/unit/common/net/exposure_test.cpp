#include "common/net/exposure.hpp"

#include <gtest/gtest.h>

namespace balancer {
namespace {

ListenAddress at(std::string_view text) { return *parse_listen_address(text); }

TEST(ExposureTest, WhatLeavesTheMachineIsInTheClearWithoutTls) {
  for (const char* text : {"0.0.0.0:9091", "[::]:9091", "10.0.0.7:9091", "control-plane.svc:9091", "[2001:db8::1]:1"}) {
    EXPECT_TRUE(crosses_network_in_clear(at(text), Encryption::kNone)) << text;
    EXPECT_FALSE(crosses_network_in_clear(at(text), Encryption::kTls)) << text;
  }
}

TEST(ExposureTest, WhatStaysOnTheMachineCrossesNoNetwork) {
  for (const char* text : {"127.0.0.1:9091", "localhost:9091", "[::1]:9091", "unix:/run/balancer/control.sock"}) {
    EXPECT_FALSE(crosses_network_in_clear(at(text), Encryption::kNone)) << text;
  }
}

}  // namespace
}  // namespace balancer
