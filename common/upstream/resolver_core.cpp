#include "common/upstream/resolver_core.hpp"

#include <utility>

namespace balancer {

Resolver::Core::Core(LookUp look_up, std::chrono::steady_clock::duration fresh_for)
    : look_up_(std::move(look_up)), fresh_for_(fresh_for) {}

std::optional<Addresses> Resolver::Core::find_or_wait(const std::string& host,
                                                      const std::shared_ptr<ResolverWaiter>& waiter) {
  const std::lock_guard lock(mutex_);
  Name& name = names_[host];
  const bool known = !name.addresses.empty();
  const bool fresh = known && std::chrono::steady_clock::now() < name.stale_at;
  if (!fresh && !name.being_looked_up) {
    name.being_looked_up = true;
    queue_.push_back(host);
    changed_.notify_one();
  }
  if (known) return name.addresses;
  name.waiters.push_back(waiter);
  return std::nullopt;
}

void Resolver::Core::withdraw(const std::string& host, const std::shared_ptr<ResolverWaiter>& waiter) {
  const std::lock_guard lock(mutex_);
  std::erase(names_[host].waiters, waiter);
}

void Resolver::Core::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (closed_) return;
    const std::string host = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    const UpstreamResult<Addresses> answer = look_up_(host);
    lock.lock();
    if (closed_) return;
    settle(host, answer);
  }
}

void Resolver::Core::settle(const std::string& host, const UpstreamResult<Addresses>& answer) {
  Name& name = names_[host];
  name.being_looked_up = false;
  // After a failed refresh the old answer stays, and the next request asks again.
  if (answer) {
    name.addresses = *answer;
    name.stale_at = std::chrono::steady_clock::now() + fresh_for_;
  }
  // Posted under the lock: a waiter withdraws before its executor's context ends, so the context is alive here.
  for (std::shared_ptr<ResolverWaiter>& waiter : std::exchange(name.waiters, {})) {
    const asio::any_io_executor executor = waiter->timer.get_executor();
    asio::post(executor, [waiter = std::move(waiter), answer] {
      waiter->answer = answer;
      waiter->timer.cancel();
    });
  }
}

void Resolver::Core::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  queue_.clear();
  for (auto& [host, name] : names_) name.waiters.clear();
  changed_.notify_all();
}

}  // namespace balancer
