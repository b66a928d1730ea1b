// The bytes of one request body, in one piece, with room behind them that simdjson may read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "common/memory/byte_budget.hpp"

namespace balancer::http {

class RequestBody {
 public:
  // simdjson reads up to this many bytes past the end of what it parses.
  static constexpr std::size_t kPadding = 64;

  RequestBody() = default;

  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }

  // Makes room for `capacity` bytes (and the padding behind them). Pages are touched only as bytes arrive.
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_ && bytes_) return;
    auto grown = std::make_unique_for_overwrite<char[]>(capacity + kPadding);
    if (size_ > 0) std::memcpy(grown.get(), bytes_.get(), size_);
    bytes_ = std::move(grown);
    capacity_ = capacity;
    clear_padding();
  }

  void append(std::string_view piece) {
    if (size_ + piece.size() > capacity_) reserve(std::max(size_ + piece.size(), capacity_ * 2));
    if (!piece.empty()) std::memcpy(bytes_.get() + size_, piece.data(), piece.size());
    size_ += piece.size();
    clear_padding();
  }

  // For reading straight into the body: the free room, then how much of it was filled.
  [[nodiscard]] std::span<char> free_room() { return {bytes_.get() + size_, capacity_ - size_}; }
  void commit(std::size_t filled) {
    size_ += filled;
    clear_padding();
  }

  // Counts the bytes that it holds by now against `budget`, until the body is gone; always against the same one. False
  // when there is no room for them: such a body is to be let go.
  [[nodiscard]] bool count_against(ByteBudget& budget) {
    if (!share_.has_budget()) share_ = ByteBudget::Share(budget);
    return share_.resize(size_);
  }

 private:
  void clear_padding() {
    if (bytes_) std::memset(bytes_.get() + size_, 0, kPadding);
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  ByteBudget::Share share_;
};

}  // namespace balancer::http
