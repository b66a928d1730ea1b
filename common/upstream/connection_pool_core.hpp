// What a pool and its calls share: calls may outlive the pool.
#pragma once

#include <deque>
#include <memory>

#include "common/upstream/connection.hpp"
#include "common/upstream/connection_pool.hpp"

namespace balancer {

class ConnectionPool::Core {
 public:
  Core(TimerWheel& wheel, Resolver& resolver, TlsContexts& tls, UpstreamEndpoint endpoint);

  // The connection used last that is still good; null when there is none.
  [[nodiscard]] std::unique_ptr<Connection> take();
  // `connection` has been read to the end of an answer.
  void give_back(std::unique_ptr<Connection> connection);
  // The pool is gone: nothing is kept from now on.
  void close();

  [[nodiscard]] std::size_t idle_count() const { return idle_.size(); }
  [[nodiscard]] const UpstreamEndpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] TimerWheel& wheel() { return wheel_; }
  [[nodiscard]] Resolver& resolver() { return resolver_; }
  [[nodiscard]] TlsContexts& tls() { return tls_; }

 private:
  void drop_aged();

  TimerWheel& wheel_;
  Resolver& resolver_;
  TlsContexts& tls_;
  const UpstreamEndpoint endpoint_;
  bool closed_ = false;
  // The oldest first.
  std::deque<std::unique_ptr<Connection>> idle_;
  // Set to the oldest one's age limit, or earlier.
  TimerWheel::Timer sweep_;
};

}  // namespace balancer
