// A client's socket with the deadlines of its reads and writes.
#pragma once

#include <chrono>
#include <span>
#include <tuple>

#include "common/async/timer_wheel.hpp"

namespace balancer::http {

// Stays on the wheel's thread.
class ClientSocket {
 public:
  ClientSocket(asio::ip::tcp::socket socket, TimerWheel& wheel, std::chrono::milliseconds write_stall_timeout);
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  // Reads that are not done by then fail, and timed_out() says why. Replaces an earlier limit.
  void limit_reading(std::chrono::milliseconds limit);
  void unlimit_reading() { timer_.disarm(); }
  [[nodiscard]] bool timed_out() const { return timed_out_; }

  struct Received {
    std::size_t count = 0;
    // The end of input, an error, or the limit: nothing more will come.
    bool ended = false;
  };
  // To be awaited at once: what has arrived, at most as much as there is room for; waits for the first byte. Awaits to what
  // received() reads.
  [[nodiscard]] auto receive(asio::mutable_buffer room) { return socket_.async_read_some(room, kAwaitTuple); }
  [[nodiscard]] Received received(const std::tuple<boost::system::error_code, std::size_t>& read) const {
    return {std::get<1>(read), std::get<0>(read) || timed_out_};
  }
  // What has arrived already, without waiting; ended when the client is gone.
  [[nodiscard]] Received receive_now(asio::mutable_buffer room);

  // Sends what the system takes at once, as few system calls as it allows: nearly always all. Takes that off the front
  // of `buffers`, and false when the client is gone.
  [[nodiscard]] bool send_now(std::span<asio::const_buffer>& buffers);
  // Sends all of it as the client takes it. False when the client is gone, or took no byte for the stall limit.
  asio::awaitable<bool> send(std::span<asio::const_buffer> buffers);

  // Calls `on_readable` once, when bytes or the end of input arrive, unless cancelled before: then never, or with
  // an error.
  template <class OnReadable>
  void wait_readable(OnReadable&& on_readable) {
    socket_.async_wait(asio::socket_base::wait_read, std::forward<OnReadable>(on_readable));
  }

  // Makes sure that the client can read the last answer: sends FIN, then reads at most `drain_bytes` away.
  asio::awaitable<void> linger(std::size_t drain_bytes);

  // Fails what waits.
  void cancel();
  void close();

 private:
  asio::ip::tcp::socket socket_;
  const std::chrono::milliseconds write_stall_timeout_;
  TimerWheel::Timer timer_;
  bool timed_out_ = false;
};

}  // namespace balancer::http
