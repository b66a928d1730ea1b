#include "common/tracing/span_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace balancer::tracing {

SpanQueue::SpanQueue(std::size_t limit, std::size_t batch_limit)
    : limit_(std::max<std::size_t>(limit, 1)), batch_limit_(std::clamp<std::size_t>(batch_limit, 1, limit_)) {}

bool SpanQueue::push(Span&& span) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    return push_locked(std::move(span));
  } catch (...) {
    // No memory for a span: the request that it tells of goes on.
    count_dropped(1);
    return false;
  }
}

bool SpanQueue::push_locked(Span&& span) {
  if (closed_ || waiting_.size() >= limit_) {
    count_dropped(1);
    return false;
  }
  waiting_.push_back(std::move(span));
  return waiting_.size() == batch_limit_;
}

std::vector<Span> SpanQueue::take_batch() {
  std::vector<Span> batch;
  batch.reserve(batch_limit_);
  const std::lock_guard lock(mutex_);
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(batch_limit_, waiting_.size()));
  std::move(waiting_.begin(), end, std::back_inserter(batch));
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

bool SpanQueue::empty() const {
  const std::lock_guard lock(mutex_);
  return waiting_.empty();
}

bool SpanQueue::holds_batch() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() >= batch_limit_;
}

void SpanQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void SpanQueue::drop_waiting() {
  const std::lock_guard lock(mutex_);
  count_dropped(waiting_.size());
  waiting_.clear();
}

}  // namespace balancer::tracing
