#include "controlplane/app/command_line.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace balancer::controlplane {
namespace {

auto parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "balancer-controlplane");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

int exit_status(std::vector<const char*> arguments) {
  const auto parsed = parse(std::move(arguments));
  const auto* exit = std::get_if<EarlyExit>(&parsed);
  return exit == nullptr ? -1 : exit->status;
}

class CommandLineTest : public testing::Test {
 protected:
  void TearDown() override {
    unsetenv("BALANCER_CONFIG");
    unsetenv("BALANCER_GRPC_LISTEN");
  }
};

TEST_F(CommandLineTest, ListensOnLoopbackUnlessToldOtherwise) {
  const auto settings = std::get<ControlPlaneServerSettings>(parse({"--config", "c.yaml"}));

  EXPECT_EQ(settings.config_file, "c.yaml");
  EXPECT_EQ(settings.grpc_listen, ListenAddress(TcpAddress{"127.0.0.1", 9091}));
  EXPECT_EQ(settings.http_listen, (TcpAddress{"127.0.0.1", 9092}));
}

TEST_F(CommandLineTest, PrefersFlagsToTheEnvironment) {
  setenv("BALANCER_CONFIG", "from-environment.yaml", 1);
  setenv("BALANCER_GRPC_LISTEN", "unix:/from/environment", 1);

  const auto settings = std::get<ControlPlaneServerSettings>(parse({"--config", "from-flag.yaml"}));

  EXPECT_EQ(settings.config_file, "from-flag.yaml");
  EXPECT_EQ(settings.grpc_listen, ListenAddress(UnixAddress{"/from/environment"}));
}

TEST_F(CommandLineTest, ExitsWithTwoForWhatItCannotUse) {
  EXPECT_EQ(exit_status({}), 2);
  EXPECT_EQ(exit_status({"--config", "c", "--nonsense"}), 2);
  EXPECT_EQ(exit_status({"--config", "c", "--grpc-listen", "nowhere"}), 2);
  EXPECT_EQ(exit_status({"--config", "c", "--http-listen", "unix:/x"}), 2);
}

TEST_F(CommandLineTest, RefusesGrpcBeyondLoopbackUnlessWrittenDown) {
  EXPECT_EQ(exit_status({"--config", "c", "--grpc-listen", "0.0.0.0:0"}), 2);

  EXPECT_EQ(exit_status({"--config", "c", "--grpc-listen", "0.0.0.0:0", "--insecure-grpc"}), -1);
}

TEST_F(CommandLineTest, ExitsWithZeroAfterHelpAndVersion) {
  EXPECT_EQ(exit_status({"--help"}), 0);
  EXPECT_EQ(exit_status({"--version"}), 0);
}

}  // namespace
}  // namespace balancer::controlplane
