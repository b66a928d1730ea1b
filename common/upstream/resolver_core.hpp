// The names that a Resolver knows or is asking for, shared with its threads, which may outlive it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/upstream/resolver.hpp"

namespace balancer {

using Addresses = std::vector<asio::ip::address>;

// One coroutine that waits for a name. Its timer is touched on its own executor only.
struct ResolverWaiter {
  explicit ResolverWaiter(const asio::any_io_executor& executor) : timer(executor) {}

  asio::steady_timer timer;
  std::optional<UpstreamResult<Addresses>> answer;
};

// Safe to use from several threads.
class Resolver::Core {
 public:
  Core(LookUp look_up, std::chrono::steady_clock::duration fresh_for);

  // A known answer, fresh or stale; asks for a new one behind the scenes when it is stale. Without one, `waiter`
  // gets the next answer until it is withdrawn.
  [[nodiscard]] std::optional<Addresses> find_or_wait(const std::string& host,
                                                      const std::shared_ptr<ResolverWaiter>& waiter);
  void withdraw(const std::string& host, const std::shared_ptr<ResolverWaiter>& waiter);

  // What each thread does until close().
  void run();
  void close();

 private:
  struct Name {
    Addresses addresses;
    std::chrono::steady_clock::time_point stale_at;
    bool being_looked_up = false;
    std::vector<std::shared_ptr<ResolverWaiter>> waiters;
  };

  void settle(const std::string& host, const UpstreamResult<Addresses>& answer);

  const LookUp look_up_;
  const std::chrono::steady_clock::duration fresh_for_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  // As many as there are host names in the configurations that were served.
  std::map<std::string, Name> names_;
  std::deque<std::string> queue_;
};

}  // namespace balancer
