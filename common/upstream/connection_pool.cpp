#include "common/upstream/connection_pool.hpp"

#include <utility>

#include "common/upstream/connection_pool_core.hpp"

namespace balancer {

ConnectionPool::Core::Core(TimerWheel& wheel, Resolver& resolver, TlsContexts& tls, UpstreamEndpoint endpoint)
    : wheel_(wheel),
      resolver_(resolver),
      tls_(tls),
      endpoint_(std::move(endpoint)),
      sweep_(wheel, [this] { drop_aged(); }) {}

std::unique_ptr<Connection> ConnectionPool::Core::take() {
  while (!idle_.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->transport.silent()) return connection;
  }
  return nullptr;
}

void ConnectionPool::Core::give_back(std::unique_ptr<Connection> connection) {
  // Whether the provider closes it, or speaks on, shows when it is taken.
  if (closed_) return;
  if (connection->buffer.size() > ResponseDecoder::kInitialBufferSize) {
    connection->buffer = ByteBuffer(ResponseDecoder::kInitialBufferSize);
  }
  connection->reused = true;
  connection->idle_since = wheel_.now();
  if (idle_.size() == kIdleLimit) idle_.pop_front();
  idle_.push_back(std::move(connection));
  if (!sweep_.armed()) sweep_.arm(idle_.front()->idle_since + kIdleLifetime);
}

void ConnectionPool::Core::close() {
  closed_ = true;
  sweep_.disarm();
  idle_.clear();
}

void ConnectionPool::Core::drop_aged() {
  const TimerWheel::TimePoint oldest_allowed = wheel_.now() - kIdleLifetime;
  while (!idle_.empty() && idle_.front()->idle_since <= oldest_allowed) idle_.pop_front();
  if (!idle_.empty()) sweep_.arm(idle_.front()->idle_since + kIdleLifetime);
}

ConnectionPool::ConnectionPool(TimerWheel& wheel, Resolver& resolver, TlsContexts& tls, UpstreamEndpoint endpoint)
    : core_(std::make_shared<Core>(wheel, resolver, tls, std::move(endpoint))) {}

ConnectionPool::~ConnectionPool() { core_->close(); }

const UpstreamEndpoint& ConnectionPool::endpoint() const { return core_->endpoint(); }

std::size_t ConnectionPool::idle_count() const { return core_->idle_count(); }

}  // namespace balancer
