// Keep-alive connections of one I/O thread to one provider.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "common/async/timer_wheel.hpp"
#include "common/snapshot/provider.hpp"

namespace balancer {

class Resolver;
class UpstreamCall;
class TlsContexts;

// What makes two connections interchangeable: where they lead and whom they trust. Credentials travel in each request
// and are not part of it.
struct UpstreamEndpoint {
  ProviderUrl url;
  std::optional<Proxy> proxy;
  std::string ca_file;
  // The provider's host, or its proxy's, may resolve to a link-local or metadata address.
  bool allow_link_local = false;

  friend bool operator==(const UpstreamEndpoint&, const UpstreamEndpoint&) = default;
};

// Stays on the wheel's thread. Idle connections are kept last-in first-out, at most kIdleLimit of them and
// none longer than kIdleLifetime; one that the provider closes, or speaks on while idle, is dropped.
class ConnectionPool {
 public:
  static constexpr std::size_t kIdleLimit = 256;
  static constexpr std::chrono::seconds kIdleLifetime{55};

  // The references outlive the pool.
  ConnectionPool(TimerWheel& wheel, Resolver& resolver, TlsContexts& tls, UpstreamEndpoint endpoint);
  // Calls that still run keep what they need of it.
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  [[nodiscard]] const UpstreamEndpoint& endpoint() const;
  [[nodiscard]] std::size_t idle_count() const;

 private:
  friend class UpstreamCall;
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace balancer
