// Requests out of a client's bytes: heads, bodies, and what arrives ahead of its turn.
#pragma once

#include <optional>

#include "common/http/client_socket.hpp"
#include "common/http/request_body.hpp"
#include "common/http/request_parser.hpp"
#include "common/http/server_limits.hpp"
#include "common/memory/byte_buffer.hpp"

namespace balancer::http {

// One for each connection. For each request in turn: receive_head(), at most one of the body reads, finish().
class RequestReader {
 public:
  // Both outlive the reader.
  RequestReader(ClientSocket& socket, const ServerLimits& limits);

  // The next request's head, checked; nothing when the connection ended, or stayed silent for too long, between two
  // requests. Views in the head are valid until finish().
  asio::awaitable<Result<std::optional<RequestHead>>> receive_head();

  // What cannot be read as a head is the beginning of TLS.
  [[nodiscard]] bool met_tls() const { return filled_ >= 2 && buffer_.data()[0] == 0x16 && buffer_.data()[1] == 0x03; }

  // True while no byte behind the head has arrived.
  [[nodiscard]] bool nothing_behind_head() const { return filled_ == head_size_; }

  // The body, if all of it has arrived with the head, as that of most small requests has, and there is memory for it: no
  // coroutine is needed then.
  [[nodiscard]] std::optional<RequestBody> take_arrived_body(std::uint64_t length);
  // Fail with kRequestTimeout when the body stalls, kInvalidRequest when it is cut short or malformed,
  // kRequestTooLarge past `limit`, kOverloaded when the body budget has no room for it.
  asio::awaitable<Result<RequestBody>> read_sized_body(std::uint64_t length);
  asio::awaitable<Result<RequestBody>> read_chunked_body(std::size_t limit);

  // For the time of an answer: takes in what has arrived. False when the client is gone.
  [[nodiscard]] bool receive_ahead();
  // Whether receive_ahead() can take in more.
  [[nodiscard]] bool has_room() const { return filled_ < buffer_.size(); }

  // The request is done with; what came behind it is the next one's beginning.
  void finish();

 private:
  // Whether the buffer holds a whole head, of head_size_ bytes then; so many bytes were searched before.
  Result<bool> find_head_end(std::size_t searched);
  Result<std::optional<RequestHead>> parse_head();
  // Room for so many bytes behind the head in all. True when the head has moved.
  bool reserve_behind_head(std::size_t count);
  // The buffer's free tail.
  [[nodiscard]] asio::mutable_buffer room();
  // Why a body's bytes stopped coming.
  [[nodiscard]] Error body_ended() const;
  // Whether the body budget has room for what has come. Counts it there if so.
  [[nodiscard]] bool has_memory_for(RequestBody& body) const;
  // Takes `count` bytes out behind the head.
  void take_behind_head(std::size_t count);

  ClientSocket& socket_;
  const ServerLimits& limits_;
  std::optional<RequestParser> parser_;
  // Received and not yet used up: the current head stays at its front while its exchange lasts.
  ByteBuffer buffer_;
  std::size_t filled_ = 0;
  std::size_t head_size_ = 0;
};

}  // namespace balancer::http
