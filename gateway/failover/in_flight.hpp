// How many requests this process has under way at each provider.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace balancer::gateway {

// Thread-safe. Counters live as long as this object: there are as many as providers were ever configured.
class InFlight {
 public:
  using Counter = std::atomic<unsigned>;

  [[nodiscard]] Counter& of(std::string_view provider) {
    const std::lock_guard lock(mutex_);
    const auto known = counters_.find(provider);
    return known != counters_.end() ? known->second : counters_[std::string(provider)];
  }

  // Counts one attempt while it lives.
  class Attempt {
   public:
    explicit Attempt(Counter& counter) : counter_(counter) { counter_.fetch_add(1, std::memory_order_relaxed); }
    ~Attempt() { counter_.fetch_sub(1, std::memory_order_relaxed); }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

   private:
    Counter& counter_;
  };

 private:
  std::mutex mutex_;
  std::map<std::string, Counter, std::less<>> counters_;
};

}  // namespace balancer::gateway
