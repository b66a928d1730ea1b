#include "gateway/coalescing/answer_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace balancer::gateway {
namespace {

// Most streams are short, and there may be thousands: blocks begin small.
constexpr std::size_t kFirstBlock = 2 * 1024;
constexpr std::size_t kLargestBlock = 64 * 1024;

}  // namespace

void AnswerBuffer::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (blocks_.empty() || blocks_.back().size == blocks_.back().capacity) {
      const std::size_t next = blocks_.empty() ? kFirstBlock : std::min(2 * blocks_.back().capacity, kLargestBlock);
      const std::size_t capacity = std::max(next, bytes.size());
      blocks_.push_back({end_, std::make_shared_for_overwrite<char[]>(capacity), 0, capacity});
      held_ += capacity;
    }
    Block& block = blocks_.back();
    const std::size_t count = std::min(bytes.size(), block.capacity - block.size);
    std::memcpy(block.bytes.get() + block.size, bytes.data(), count);
    block.size += count;
    end_ += count;
    bytes.remove_prefix(count);
  }
}

AnswerBuffer::Piece AnswerBuffer::at(std::uint64_t position) const {
  if (position >= end_) return {};
  const auto behind = std::upper_bound(blocks_.begin(), blocks_.end(), position,
                                       [](std::uint64_t value, const Block& block) { return value < block.position; });
  const Block& block = *std::prev(behind);
  const auto offset = static_cast<std::size_t>(position - block.position);
  return {block.bytes, {block.bytes.get() + offset, block.size - offset}};
}

std::string AnswerBuffer::text() const {
  std::string all;
  all.reserve(static_cast<std::size_t>(end_ - begin()));
  for (const Block& block : blocks_) all.append(block.bytes.get(), block.size);
  return all;
}

void AnswerBuffer::release_before(std::uint64_t position) {
  while (!blocks_.empty() && blocks_.front().position + blocks_.front().size <= position) {
    held_ -= blocks_.front().capacity;
    blocks_.pop_front();
  }
}

}  // namespace balancer::gateway
