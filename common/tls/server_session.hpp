// The server's side of one TLS connection.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace balancer::tls {

// Never blocks: a call that cannot go on says what the socket must become first. Does not own the socket, which must
// outlive it, and stays on its thread. SIGPIPE is ignored in the process.
class ServerSession {
 public:
  enum class Progress { kDone, kWantsRead, kWantsWrite, kEnded };
  struct Step {
    Progress progress = Progress::kEnded;
    // At least 1 of a read or write that is done.
    std::size_t count = 0;
  };

  // `socket` is a connected, non-blocking descriptor.
  ServerSession(SSL_CTX* context, int socket);

  [[nodiscard]] Step shake_hands();
  [[nodiscard]] Step read(boost::asio::mutable_buffer room);
  // Begins with the first byte: small buffers leave together, in one record. After kWantsWrite the next call must begin
  // with the same bytes, and have no fewer.
  [[nodiscard]] Step write(std::span<const boost::asio::const_buffer> buffers);
  // Whether read() has bytes although the socket may have none.
  [[nodiscard]] bool has_unread() const;
  // Tells the client that nothing follows, and that nothing is missing.
  void say_goodbye();

  // Why the handshake failed.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  // The client speaks HTTP without TLS.
  [[nodiscard]] bool met_plain_http() const { return met_plain_http_; }

 private:
  [[nodiscard]] Step step_of(int result, std::size_t count);

  std::unique_ptr<SSL, decltype(&SSL_free)> session_;
  bool failed_ = false;
  bool met_plain_http_ = false;
  std::string failure_;
};

}  // namespace balancer::tls
