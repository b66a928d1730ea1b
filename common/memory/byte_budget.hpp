// How many bytes things of one kind may hold together, whoever holds them.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace balancer {

// Thread-safe and without locks. Those that want the last bytes at the same moment may all be refused them.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t limit) : limit_(limit) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // What one thing holds. Gives it back at the end; the budget outlives it.
  class Share {
   public:
    // Of no budget: holds nothing.
    Share() = default;
    explicit Share(ByteBudget& budget) : budget_(&budget) {}
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      Share taken(std::move(other));
      std::swap(budget_, taken.budget_);
      std::swap(bytes_, taken.bytes_);
      return *this;
    }
    ~Share() {
      if (bytes_ > 0) budget_->used_.fetch_sub(bytes_, std::memory_order_relaxed);
    }

    [[nodiscard]] bool has_budget() const { return budget_ != nullptr; }

    // False when there is not as much left: the share stays as it was. Only with a budget.
    [[nodiscard]] bool resize(std::size_t bytes) {
      if (bytes > bytes_) {
        const std::size_t more = bytes - bytes_;
        const std::size_t before = budget_->used_.fetch_add(more, std::memory_order_relaxed);
        if (before + more > budget_->limit_) {
          budget_->used_.fetch_sub(more, std::memory_order_relaxed);
          return false;
        }
      } else if (bytes < bytes_) {
        budget_->used_.fetch_sub(bytes_ - bytes, std::memory_order_relaxed);
      }
      bytes_ = bytes;
      return true;
    }

   private:
    ByteBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
  };

  [[nodiscard]] std::size_t limit() const { return limit_; }
  [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  // At this moment: nothing is promised to whoever asks.
  [[nodiscard]] bool has_room_for(std::size_t bytes) const { return bytes <= limit_ && used() <= limit_ - bytes; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace balancer
