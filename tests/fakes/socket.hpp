// A TCP connection on loopback, plain or TLS, whose every wait has an end.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/fakes/latch.hpp"
#include "tests/fakes/tls_session.hpp"

namespace balancer::fakes {

// Thrown when a conversation cannot go on as the test asked: nobody listens, a deadline passes, an answer is no HTTP.
// Reaches gtest, which fails the test with its text.
class ConversationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using TimePoint = std::chrono::steady_clock::time_point;

// What ends a wait besides the thing waited for. `stop` must outlive the call.
struct WaitLimits {
  TimePoint deadline = TimePoint::max();
  const Latch* stop = nullptr;
};

enum class IoStatus {
  kReady,
  kClosed,  // the peer has ended the connection in an orderly way
  kReset,   // the connection is gone without one
  kStopped,
  kTimedOut,
};

struct ReadResult {
  IoStatus status = IoStatus::kReset;
  // At least one byte when status is kReady, otherwise none.
  std::string bytes;
};

// Owns the descriptor. Used by one thread at a time.
class Socket {
 public:
  // Throws ConversationError.
  [[nodiscard]] static Socket connect(std::uint16_t port, TimePoint deadline);
  // Takes over a connected, non-blocking descriptor.
  explicit Socket(int descriptor);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  [[nodiscard]] IoStatus accept_tls(const TlsIdentity& identity, const WaitLimits& limits);
  [[nodiscard]] IoStatus start_tls(const TlsTrust& trust, const WaitLimits& limits);
  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  // Of a TLS connection only.
  [[nodiscard]] const TlsSession& tls() const { return *tls_; }

  [[nodiscard]] ReadResult read_some(const WaitLimits& limits);
  // One write per call as long as the peer's window allows, so that a piece travels as a piece.
  [[nodiscard]] IoStatus write_all(std::string_view bytes, const WaitLimits& limits);
  // Waits for the latch (kReady) or for ever (nullptr), and ends early when the peer leaves.
  [[nodiscard]] IoStatus wait_for(const Latch* latch, const WaitLimits& limits) const;

  // Sends FIN (with TLS, close_notify before it) and gives the descriptor back.
  void close();
  // Waits until the peer's kernel has what was written, then sends RST.
  void reset();
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  IoStatus wait_ready(short events, const WaitLimits& limits) const;
  IoStatus shake_hands(const WaitLimits& limits);
  IoStatus after(TlsSession::Progress progress, const WaitLimits& limits) const;

  int descriptor_;
  std::unique_ptr<TlsSession> tls_;
};

}  // namespace balancer::fakes
