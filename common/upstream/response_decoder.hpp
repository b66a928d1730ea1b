// Bytes of a connection in, head and body of the answer out; does no input or output of its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/memory/byte_buffer.hpp"
#include "common/upstream/head_scanner.hpp"
#include "common/upstream/response_parser.hpp"
#include "common/upstream/upstream_call.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// Reads into a buffer that it borrows: the head stays at its front, the body passes through what is behind it, so
// memory is bounded by kHeadLimit + kBodyWindow. After a failure nothing else may be called.
class ResponseDecoder {
 public:
  static constexpr std::size_t kInitialBufferSize = 16 * 1024;
  // Room for the body behind even the longest head.
  static constexpr std::size_t kBodyWindow = 12 * 1024;
  static constexpr unsigned kInterimLimit = 8;

  // `buffer` outlives the decoder, is not empty, and is nobody else's meanwhile.
  explicit ResponseDecoder(ByteBuffer& buffer) : buffer_(buffer) {}

  // Where to read the next bytes to; never empty. Ends the validity of the last body().
  [[nodiscard]] asio::mutable_buffer prepare();
  // `size` bytes were read there.
  UpstreamResult<void> received(std::size_t size);
  // The connection ended.
  UpstreamResult<void> end_of_stream();

  // The final head is there: interim answers are skipped, kInterimLimit of them.
  [[nodiscard]] bool head_complete() const { return head_complete_; }
  // Before that: a part of a head is there.
  [[nodiscard]] bool head_begun() const { return begin_ != end_; }
  [[nodiscard]] const UpstreamResponseHead& head() const { return head_; }

  // Takes the part of the body that has arrived and was not taken; empty when there is none. Needs the head.
  UpstreamResult<std::string_view> body();
  // The body's last byte has been taken.
  [[nodiscard]] bool complete() const { return head_complete_ && parser_->complete(); }

  // Complete, without a byte behind it, and the provider keeps the connection open.
  [[nodiscard]] bool leaves_connection_reusable() const;

 private:
  UpstreamResult<void> take_heads();
  // What was received and not used up then begins at `front`.
  void move_to_front(std::size_t front);
  void make_room_for_body();

  ByteBuffer& buffer_;
  // What was received and not used up: [begin_, end_) of the buffer.
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t body_start_ = 0;
  HeadScanner scanner_;
  std::optional<ResponseParser> parser_;
  UpstreamResponseHead head_;
  unsigned interim_count_ = 0;
  bool head_complete_ = false;
};

}  // namespace balancer
