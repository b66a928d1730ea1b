// Host names to addresses, off the I/O threads: one name that hangs stalls nobody who asks for another.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/async/asio.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// Shared by all threads of a process. Answers are kept for kFreshFor; a stale answer is served while a new one is
// fetched in the background. Address literals never wait.
class Resolver {
 public:
  static constexpr std::chrono::seconds kFreshFor{30};

  // The addresses of a name, one at least, or kResolve. May block; called on several threads at once.
  using LookUp = std::function<UpstreamResult<std::vector<asio::ip::address>>(const std::string& host)>;

  // Looks names up on `thread_count` threads of its own, with the system's getaddrinfo.
  explicit Resolver(std::size_t thread_count = 3);
  // `look_up` may be called until it returns for the last time, even after the resolver is gone.
  Resolver(LookUp look_up, std::size_t thread_count, std::chrono::steady_clock::duration fresh_for);
  // Look-ups that still hang are abandoned to finish by themselves; their results go nowhere.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Completes on the caller's executor with at least one endpoint, or with kResolve; with kConnectTimeout past
  // `timeout`.
  asio::awaitable<UpstreamResult<std::vector<asio::ip::tcp::endpoint>>> resolve(std::string host, std::uint16_t port,
                                                                                std::chrono::milliseconds timeout);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace balancer
