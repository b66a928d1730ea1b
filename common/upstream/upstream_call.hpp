// One HTTP/1.1 request to a provider and its answer, on a pooled or new connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "common/async/asio.hpp"
#include "common/async/timer_wheel.hpp"
#include "common/snapshot/snapshot.hpp"
#include "common/upstream/connection_pool.hpp"
#include "common/upstream/upstream_failure.hpp"

namespace balancer {

// Views into the call: valid while it lives.
struct UpstreamHeader {
  std::string_view name;
  std::string_view value;
};

struct UpstreamResponseHead {
  int status = 0;
  std::span<const UpstreamHeader> headers;
  // Absent for chunked and close-delimited bodies.
  std::optional<std::uint64_t> content_length;

  // The first header of that name, letter case aside; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct AttemptTimeouts {
  std::chrono::milliseconds connect;
  std::chrono::milliseconds tls_handshake;
  // From the last byte sent to the answer's first.
  std::chrono::milliseconds first_byte;
  // Between two reads of the body.
  std::chrono::milliseconds idle;
  // Whatever happens, nothing is awaited past this.
  TimerWheel::TimePoint deadline;
};

// Stays on its pool's thread. One request each; destroying it gives the connection back to the pool when the answer
// was read to its end and nothing speaks against reuse, and closes it otherwise.
class UpstreamCall {
 public:
  // `pool` outlives the call.
  UpstreamCall(ConnectionPool& pool, AttemptTimeouts timeouts);
  ~UpstreamCall();
  UpstreamCall(const UpstreamCall&) = delete;
  UpstreamCall& operator=(const UpstreamCall&) = delete;

  // Sends the request (head and body, as one gathered write where the system allows) and reads the answer's head.
  // Interim 1xx answers are skipped (a bounded number of them). The buffers must live until completion; they are sent
  // again, once, when a reused connection turns out to have been closed before a byte of the answer came.
  asio::awaitable<UpstreamResult<void>> start(std::span<const asio::const_buffer> request);

  // Valid after a successful start().
  [[nodiscard]] const UpstreamResponseHead& head() const;

  // The next bytes of the body, transfer coding removed; empty at its end. The view is valid until the next call.
  asio::awaitable<UpstreamResult<std::string_view>> read_some();

  // Fails the pending operation, and all later ones, with kCancelled. Callable at any time on the thread.
  void cancel();
  // The same with another reason, for whoever sees in the answer that there is no point in waiting any longer.
  void stop(UpstreamFailureKind kind, std::string detail);

  // Moves the deadline of the whole attempt, e.g. from "until commit" to "whole stream".
  void extend_deadline(TimerWheel::TimePoint deadline);

  [[nodiscard]] std::uint64_t bytes_received() const;

 private:
  class Exchange;
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace balancer
