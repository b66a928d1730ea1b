#include "common/upstream/dial.hpp"

#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "common/net/guarded_address.hpp"

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

bool is_guarded(const tcp::endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  if (address.is_v4()) return is_guarded_address(address.to_v4().to_uint());
  const asio::ip::address_v6::bytes_type bytes = address.to_v6().to_bytes();
  in6_addr ipv6{};
  std::memcpy(&ipv6, bytes.data(), bytes.size());
  return is_guarded_address(ipv6);
}

}  // namespace

asio::awaitable<UpstreamResult<tcp::socket>> dial(TimerWheel& wheel, Resolver& resolver, const DialTarget& target,
                                                  TimerWheel::TimePoint deadline) {
  const auto time_left = std::chrono::ceil<std::chrono::milliseconds>(deadline - wheel.now());
  auto addresses = co_await resolver.resolve(target.host, target.port, time_left);
  if (!addresses) co_return addresses.error();
  if (!target.allow_link_local) std::erase_if(*addresses, is_guarded);
  if (addresses->empty()) {
    co_return UpstreamFailure{UpstreamFailureKind::kConnect,
                              "the host is a link-local or metadata address, which allow_link_local does not allow"};
  }

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
