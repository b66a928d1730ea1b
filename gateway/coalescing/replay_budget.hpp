// How many bytes of answers the process keeps for readers to come.
#pragma once

#include <atomic>
#include <cstddef>

namespace balancer::gateway {

// Thread-safe.
class ReplayBudget {
 public:
  // Thousands of streams share it. With twice as much, 5,000 streams of five minutes took 68 kB each, now 56.
  static constexpr std::size_t kDefaultBytes = 32 * 1024 * 1024;

  explicit ReplayBudget(std::size_t bytes = kDefaultBytes) : limit_(bytes) {}

  // What one answer keeps. Gives it back at the end; the budget outlives it.
  class Share {
   public:
    explicit Share(ReplayBudget& budget) : budget_(budget) {}
    ~Share() { resize(0); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // False when that is more than there is left. The share is resized even so: the bytes exist.
    bool resize(std::size_t bytes) {
      // Unsigned wrap-around makes a smaller share a subtraction.
      const std::size_t used = budget_.used_.fetch_add(bytes - bytes_, std::memory_order_relaxed) + (bytes - bytes_);
      const bool grew = bytes > bytes_;
      bytes_ = bytes;
      return !grew || used <= budget_.limit_;
    }

   private:
    ReplayBudget& budget_;
    std::size_t bytes_ = 0;
  };

  [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace balancer::gateway
