// A client's socket with the deadlines of its reads and writes.
#pragma once

#include <chrono>
#include <vector>

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
  // What has arrived, at most as much as there is room for; waits for the first byte.
  asio::awaitable<Received> receive(asio::mutable_buffer room);
  // What has arrived already, without waiting; ended when the client is gone.
  [[nodiscard]] Received receive_now(asio::mutable_buffer room);

  // Sends all of it, as few system calls as the system allows. False when the client is gone, or took no byte for
  // the stall limit.
  asio::awaitable<bool> send(std::vector<asio::const_buffer> buffers);
  // As much as the system takes at once; how much that was.
  [[nodiscard]] std::size_t send_now(asio::const_buffer bytes);

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
