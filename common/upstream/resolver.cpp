#include "common/upstream/resolver.hpp"

#include <netdb.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "common/upstream/resolver_core.hpp"

namespace balancer {
namespace {

using asio::ip::tcp;

UpstreamResult<Addresses> look_up_with_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (status != 0) return UpstreamFailure{UpstreamFailureKind::kResolve, ::gai_strerror(status)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);

  Addresses addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                reinterpret_cast<char*>(endpoint.data()));
    endpoint.resize(entry->ai_addrlen);
    addresses.push_back(endpoint.address());
  }
  if (addresses.empty()) return UpstreamFailure{UpstreamFailureKind::kResolve, "the name has no address"};
  return addresses;
}

std::vector<tcp::endpoint> with_port(const Addresses& addresses, std::uint16_t port) {
  std::vector<tcp::endpoint> endpoints;
  for (const asio::ip::address& address : addresses) endpoints.emplace_back(address, port);
  return endpoints;
}

}  // namespace

Resolver::Resolver(std::size_t thread_count) : Resolver(look_up_with_system, thread_count, kFreshFor) {}

Resolver::Resolver(LookUp look_up, std::size_t thread_count, std::chrono::steady_clock::duration fresh_for)
    : core_(std::make_shared<Core>(std::move(look_up), fresh_for)) {
  // Detached: a look-up cannot be interrupted, and must not hold up whoever ends the resolver.
  for (std::size_t i = 0; i < thread_count; ++i) std::thread([core = core_] { core->run(); }).detach();
}

Resolver::~Resolver() { core_->close(); }

asio::awaitable<UpstreamResult<std::vector<tcp::endpoint>>> Resolver::resolve(std::string host, std::uint16_t port,
                                                                              std::chrono::milliseconds timeout) {
  boost::system::error_code not_an_address;
  const auto literal = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return with_port({literal}, port);

  const std::shared_ptr<Core> core = core_;
  const auto waiter = std::make_shared<ResolverWaiter>(co_await asio::this_coro::executor);
  waiter->timer.expires_after(timeout);
  const auto known = core->find_or_wait(host, waiter);
  if (known) co_return with_port(*known, port);

  // On every path, the destruction of the suspended coroutine included.
  struct Withdrawal {
    ~Withdrawal() { core.withdraw(host, waiter); }
    Core& core;
    const std::string& host;
    const std::shared_ptr<ResolverWaiter>& waiter;
  };
  const Withdrawal withdrawal{*core, host, waiter};
  co_await waiter->timer.async_wait(kAwaitTuple);
  if (!waiter->answer) co_return UpstreamFailure{UpstreamFailureKind::kConnectTimeout, "no address in time"};
  if (!*waiter->answer) co_return waiter->answer->error();
  co_return with_port(**waiter->answer, port);
}

}  // namespace balancer
