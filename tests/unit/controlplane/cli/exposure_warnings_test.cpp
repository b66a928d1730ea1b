#include "controlplane/cli/exposure_warnings.hpp"

#include <gmock/gmock.h>

namespace balancer::controlplane::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Command parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "balancerctl");
  auto result = parse_command_line(static_cast<int>(words.size()), words.data());
  EXPECT_TRUE(std::holds_alternative<Command>(result));
  return std::get<Command>(std::move(result));
}

TEST(ExposureWarningsTest, AControlPlaneAcrossTheNetworkIsAskedInTheClear) {
  EXPECT_THAT(exposure_warnings(parsed({"--server", "cp.example:9091", "get", "providers"})),
              ElementsAre(HasSubstr("no TLS to the control plane at cp.example:9091")));
  EXPECT_THAT(exposure_warnings(parsed({"--server", "cp.example:9091", "--tls-ca", "ca.pem", "get", "providers"})), IsEmpty());
  EXPECT_THAT(exposure_warnings(parsed({"--server", "127.0.0.1:9091", "get", "providers"})), IsEmpty());
  EXPECT_THAT(exposure_warnings(parsed({"--server", "unix:/run/c.sock", "reload"})), IsEmpty());
}

TEST(ExposureWarningsTest, WhatAsksNoControlPlaneIsNotWarnedOf) {
  EXPECT_THAT(exposure_warnings(parsed({"--server", "cp.example:9091", "config", "validate", "x.yaml"})), IsEmpty());
  EXPECT_THAT(exposure_warnings(parsed({"--server", "cp.example:9091", "doctor"})), IsEmpty());
}

TEST(ExposureWarningsTest, AKeyAmongTheArgumentsIsSeenByOthers) {
  EXPECT_THAT(exposure_warnings(parsed({"env", "--key", "canary"})),
              ElementsAre(AllOf(HasSubstr("--key-file"), HasSubstr("BALANCER_CLIENT_KEY"), Not(HasSubstr("canary")))));
  EXPECT_THAT(exposure_warnings(parsed({"env", "--key-file", "k"})), IsEmpty());
}

}  // namespace
}  // namespace balancer::controlplane::cli
