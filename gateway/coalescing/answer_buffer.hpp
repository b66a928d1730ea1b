// The bytes of an answer that is being made, kept where they are so that several clients can be sent them meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace balancer::gateway {

// Positions count from the answer's first byte. Has no lock: who appends and who reads take turns, but what was handed
// out may be read at any time.
class AnswerBuffer {
 public:
  // Bytes next to each other; they stay as long as `owner`.
  struct Piece {
    std::shared_ptr<const char[]> owner;
    std::string_view bytes;
  };

  void append(std::string_view bytes);

  // From `position`, which is not before begin(), as far as they lie together; empty at the end.
  [[nodiscard]] Piece at(std::uint64_t position) const;
  // All bytes, when none was released.
  [[nodiscard]] std::string text() const;

  [[nodiscard]] std::uint64_t begin() const { return blocks_.empty() ? end_ : blocks_.front().position; }
  [[nodiscard]] std::uint64_t end() const { return end_; }
  // Memory in use.
  [[nodiscard]] std::size_t held() const { return held_; }

  // Gives back what lies wholly before `position`.
  void release_before(std::uint64_t position);

 private:
  struct Block {
    std::uint64_t position = 0;
    std::shared_ptr<char[]> bytes;
    std::size_t size = 0;
    std::size_t capacity = 0;
  };

  std::deque<Block> blocks_;
  std::uint64_t end_ = 0;
  std::size_t held_ = 0;
};

}  // namespace balancer::gateway
