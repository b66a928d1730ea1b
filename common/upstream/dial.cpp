#include "common/upstream/dial.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace balancer {
namespace {

using asio::ip::tcp;

// Connects to one address within `limit`.
asio::awaitable<UpstreamResult<tcp::socket>> dial_address(TimerWheel& wheel, tcp::endpoint address,
                                                          std::chrono::nanoseconds limit) {
  tcp::socket socket(wheel.context());
  bool expired = false;
  TimerWheel::Timer timer(wheel, [&socket, &expired] {
    expired = true;
    boost::system::error_code ignored;
    socket.close(ignored);
  });
  timer.arm_after(limit);
  const auto [error] = co_await socket.async_connect(address, kAwaitTuple);
  if (expired) co_return UpstreamFailure{UpstreamFailureKind::kConnectTimeout, "no answer to the connection attempt"};
  if (error) co_return UpstreamFailure{UpstreamFailureKind::kConnect, error.message()};

  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  co_return std::move(socket);
}

}  // namespace

asio::awaitable<UpstreamResult<tcp::socket>> dial(TimerWheel& wheel, Resolver& resolver, const std::string& host,
                                                  std::uint16_t port, TimerWheel::TimePoint deadline) {
  const auto time_left = std::chrono::ceil<std::chrono::milliseconds>(deadline - wheel.now());
  const auto addresses = co_await resolver.resolve(host, port, time_left);
  if (!addresses) co_return addresses.error();

  std::size_t untried = addresses->size();
  UpstreamFailure last{UpstreamFailureKind::kConnectTimeout, "no time left to connect"};
  for (const tcp::endpoint& address : *addresses) {
    if (deadline <= wheel.now()) break;
    const std::chrono::nanoseconds share = (deadline - wheel.now()) / untried--;
    auto connected = co_await dial_address(wheel, address, share);
    if (connected) co_return connected;
    last = connected.error();
  }
  co_return last;
}

}  // namespace balancer
