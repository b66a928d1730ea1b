#include "common/process/listening_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace balancer {
namespace {

std::string printed(const ListeningLine& line) {
  testing::internal::CaptureStdout();
  print_listening_line(line);
  return testing::internal::GetCapturedStdout();
}

TEST(ListeningLineTest, NamesWhatListensInAFixedOrder) {
  EXPECT_EQ(printed({.http = "127.0.0.1:9090",
                     .admin = "127.0.0.1:9093",
                     .grpc = "unix:/run/b.sock",
                     .control_http = "127.0.0.1:9092"}),
            R"({"event":"listening","http":"127.0.0.1:9090","admin":"127.0.0.1:9093","grpc":"unix:/run/b.sock",)"
            R"("control_http":"127.0.0.1:9092"})"
            "\n");
}

TEST(ListeningLineTest, LeavesOutWhatDoesNotApply) {
  EXPECT_EQ(printed({.http = "[::1]:1", .admin = {}, .grpc = {}, .control_http = {}}),
            "{\"event\":\"listening\",\"http\":\"[::1]:1\"}\n");
}

TEST(ListeningLineTest, ASocketPathMayHoldQuotes) {
  const std::string line = printed({.http = {}, .admin = {}, .grpc = "unix:/tmp/\"x\"", .control_http = {}});

  EXPECT_EQ(nlohmann::json::parse(line).at("grpc"), "unix:/tmp/\"x\"");
}

}  // namespace
}  // namespace balancer
