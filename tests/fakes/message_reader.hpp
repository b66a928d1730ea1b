// Reads HTTP/1.1 messages off a socket and keeps every byte as it came.
//
// Deliberately not the parser that the product uses: a fake must see what was really sent, and must not share the
// product's blind spots. It takes exactly what RFC 9112 calls a message and reports anything else as malformed.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "tests/fakes/header_fields.hpp"
#include "tests/fakes/socket.hpp"

namespace balancer::fakes {

struct MessageHead {
  // Without its line end.
  std::string start_line;
  HeaderFields fields;
};

enum class BodyKind { kNone, kLength, kChunked, kUntilClose };

class MessageReader {
 public:
  // kEnd: the message is complete. kMalformed: what arrived is no HTTP; reading cannot go on.
  enum class Status { kMore, kEnd, kMalformed, kClosed, kReset, kStopped, kTimedOut };

  struct Head {
    Status status = Status::kMalformed;  // kMore when `head` is whole
    MessageHead head;
  };
  struct Part {
    Status status = Status::kMalformed;  // kMore when `bytes` holds something, kEnd after the last of them
    std::string bytes;
  };

  // The socket must outlive the reader.
  explicit MessageReader(Socket& socket) : socket_(&socket) {}

  [[nodiscard]] Head read_head(const WaitLimits& limits);
  void begin_body(BodyKind kind, std::size_t length);
  // The next decoded bytes of the body, as soon as there are any.
  [[nodiscard]] Part read_body(const WaitLimits& limits);

  // Everything consumed since the last call, framing included.
  [[nodiscard]] std::string take_raw() { return std::exchange(raw_, {}); }
  // Received but not consumed yet.
  [[nodiscard]] const std::string& unread() const { return buffer_; }

 private:
  Status fill(const WaitLimits& limits);
  // Takes one line without its line end; a line ends with CRLF.
  Part read_line(const WaitLimits& limits);
  std::string take(std::size_t size);
  Part read_chunked(const WaitLimits& limits);
  Part read_trailers(const WaitLimits& limits);
  Part read_counted(const WaitLimits& limits);

  Socket* socket_;
  std::string buffer_;
  std::string raw_;
  BodyKind kind_ = BodyKind::kNone;
  // Of the body or of the present chunk.
  std::size_t remaining_ = 0;
  bool chunk_open_ = false;
};

}  // namespace balancer::fakes
