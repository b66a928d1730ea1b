// The work behind an UpstreamCall.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "common/upstream/attempt_timer.hpp"
#include "common/upstream/connection_pool_core.hpp"
#include "common/upstream/response_decoder.hpp"
#include "common/upstream/upstream_call.hpp"

namespace balancer {

// At most one operation is pending. The first failure is final: it closes the connection, and every later operation
// reports it.
class UpstreamCall::Exchange {
 public:
  Exchange(std::shared_ptr<ConnectionPool::Core> pool, AttemptTimeouts timeouts);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  asio::awaitable<UpstreamResult<void>> start(std::span<const asio::const_buffer> request);
  [[nodiscard]] const UpstreamResponseHead& head() const { return decoder_->head(); }
  asio::awaitable<UpstreamResult<std::string_view>> read_some();

  // Makes the pending operation fail. What failed first stays.
  void stop(UpstreamFailureKind kind, std::string detail);
  void extend_deadline(TimerWheel::TimePoint deadline) { timer_.set_deadline(deadline); }
  [[nodiscard]] std::uint64_t bytes_received() const { return bytes_received_; }

 private:
  asio::awaitable<UpstreamResult<void>> open_connection();
  asio::awaitable<UpstreamResult<void>> start_tls();
  // Sends the request and reads a head on connection_.
  asio::awaitable<UpstreamResult<void>> converse(std::span<const asio::const_buffer> request);
  asio::awaitable<void> send(std::span<const asio::const_buffer> request);
  // Reads once into the decoder; an end of the stream is the decoder's to judge.
  asio::awaitable<UpstreamResult<void>> receive();

  // A failure, unless another came first.
  UpstreamFailure fail(UpstreamFailureKind kind, std::string detail);
  UpstreamFailure fail(UpstreamFailure failure) { return fail(failure.kind, std::move(failure.detail)); }
  [[nodiscard]] bool on_reused_connection() const { return connection_ && connection_->reused; }

  std::shared_ptr<ConnectionPool::Core> pool_;
  const AttemptTimeouts timeouts_;
  AttemptTimer timer_;
  std::unique_ptr<Connection> connection_;
  // Reads into connection_'s buffer.
  std::optional<ResponseDecoder> decoder_;
  // Ends a name look-up, a TCP connect or a tunnel that is being opened.
  asio::cancellation_signal abort_dial_;
  std::optional<UpstreamFailure> failure_;
  std::uint64_t bytes_received_ = 0;
  bool request_sent_ = false;
};

}  // namespace balancer
