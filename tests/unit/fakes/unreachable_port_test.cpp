#include "tests/fakes/unreachable_port.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/socket.hpp"

namespace balancer::fakes {
namespace {

std::string connect_failure(std::uint16_t port, std::chrono::milliseconds within) {
  try {
    const Socket socket = Socket::connect(port, std::chrono::steady_clock::now() + within);
    return "connected";
  } catch (const ConversationError& error) {
    return error.what();
  }
}

TEST(UnreachablePortTest, RefusingPortRefuses) {
  const RefusingPort port;

  EXPECT_THAT(connect_failure(port.port(), std::chrono::seconds(5)), testing::HasSubstr("refused"));
}

TEST(UnreachablePortTest, SilentPortNeverAnswers) {
  const SilentPort port;

  EXPECT_THAT(connect_failure(port.port(), std::chrono::milliseconds(200)), testing::HasSubstr("timed out"));
}

}  // namespace
}  // namespace balancer::fakes
