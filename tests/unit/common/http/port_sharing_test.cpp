#include <gtest/gtest.h>

#include "common/http/http_server.hpp"

namespace balancer::http {
namespace {

asio::awaitable<void> serve_nothing(Exchange&) { co_return; }

class PortSharingTest : public testing::Test {
 protected:
  static asio::ip::tcp::endpoint loopback(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

  asio::io_context context_;
  TimerWheel wheel_{context_};
};

TEST_F(PortSharingTest, AnExclusivePortIsNotSharedSilently) {
  const HttpServer first(wheel_, loopback(0), {}, serve_nothing);

  const auto second = [&] { HttpServer(wheel_, first.local_endpoint(), {}, serve_nothing); };

  EXPECT_THROW(second(), boost::system::system_error);
}

TEST_F(PortSharingTest, ThreadsShareAPortWhenTheyAllAskForIt) {
  const HttpServer first(wheel_, loopback(0), {}, serve_nothing, PortSharing::kShared);

  const HttpServer second(wheel_, first.local_endpoint(), {}, serve_nothing, PortSharing::kShared);

  EXPECT_EQ(second.local_endpoint(), first.local_endpoint());
}

}  // namespace
}  // namespace balancer::http
