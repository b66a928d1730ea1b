// A text as the scanner wants it: at the end of a heap buffer of exactly its size and 64 bytes more, which hold
// brackets and quotes that must not count.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace balancer::gateway {

class PaddedText {
 public:
  explicit PaddedText(std::string_view text) : size_(text.size()), bytes_(new char[text.size() + kPadding]) {
    std::memcpy(bytes_.get(), text.data(), text.size());
    for (std::size_t i = 0; i < kPadding; ++i) bytes_[size_ + i] = "}\"]{,:[1"[i % 8];
  }

  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  static constexpr std::size_t kPadding = 64;

  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

}  // namespace balancer::gateway
