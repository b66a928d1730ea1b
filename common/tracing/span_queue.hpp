// Spans on their way out, and what became of those that were.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "common/tracing/span.hpp"

namespace balancer::tracing {

struct SpanCounts {
  std::uint64_t exported = 0;
  std::uint64_t dropped = 0;
  friend bool operator==(const SpanCounts&, const SpanCounts&) = default;
};

// Safe to use from several threads. Every span that was pushed is waiting, taken or counted.
class SpanQueue {
 public:
  // Of spans that wait, and of those taken at once.
  SpanQueue(std::size_t limit, std::size_t batch_limit);

  // True if there is a whole batch now, for the first time since one was taken. A span that finds the queue full or
  // closed is dropped.
  [[nodiscard]] bool push(Span&& span) noexcept;
  // The oldest first, at most a batch. To be counted by whoever takes them.
  [[nodiscard]] std::vector<Span> take_batch();
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool holds_batch() const;

  // From now on nothing is accepted; what waits can still be taken.
  void close();
  void drop_waiting();

  void count_exported(std::uint64_t spans) { exported_ += spans; }
  void count_dropped(std::uint64_t spans) { dropped_ += spans; }
  [[nodiscard]] SpanCounts counts() const { return {.exported = exported_, .dropped = dropped_}; }

 private:
  [[nodiscard]] bool push_locked(Span&& span);

  const std::size_t limit_;
  const std::size_t batch_limit_;
  mutable std::mutex mutex_;
  std::deque<Span> waiting_;
  bool closed_ = false;
  std::atomic<std::uint64_t> exported_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace balancer::tracing
