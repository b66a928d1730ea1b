// A client's socket with the deadlines of its reads and writes, in clear or under TLS.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <tuple>

#include "common/async/timer_wheel.hpp"

namespace balancer::tls {
class ServerIdentity;
class ServerSession;
}  // namespace balancer::tls

namespace balancer::http {

// Stays on the wheel's thread.
class ClientSocket {
 public:
  ClientSocket(asio::ip::tcp::socket socket, TimerWheel& wheel, std::chrono::milliseconds write_stall_timeout);
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;
  ~ClientSocket();

  // Puts TLS on the connection, before anything else. False when the client does not get through the handshake, which
  // the log says then, or not in time. `identity` outlives the call.
  asio::awaitable<bool> start_tls(const tls::ServerIdentity& identity, std::chrono::milliseconds limit);

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
  [[nodiscard]] auto receive(asio::mutable_buffer room) {
    return asio::async_initiate<decltype(kAwaitTuple), void(boost::system::error_code, std::size_t)>(
        [this, room](auto&& done) {
          if (tls_ == nullptr) return socket_.async_read_some(room, std::forward<decltype(done)>(done));
          receive_under_tls(room, to_function(std::forward<decltype(done)>(done)));
        },
        kAwaitTuple);
  }
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
    if (has_unread()) return report_readable(std::forward<OnReadable>(on_readable));
    socket_.async_wait(asio::socket_base::wait_read, std::forward<OnReadable>(on_readable));
  }

  // Under TLS: tells the client that nothing is missing. To be called where the connection ends as it should.
  void say_goodbye();

  // Makes sure that the client can read the last answer: sends FIN, then reads at most `drain_bytes` away.
  asio::awaitable<void> linger(std::size_t drain_bytes);

  // Fails what waits.
  void cancel();
  void close();

 private:
  using OnReceived = std::function<void(boost::system::error_code, std::size_t)>;

  // What completes an operation can be moved only.
  template <class Done>
  [[nodiscard]] static OnReceived to_function(Done&& done) {
    return [kept = std::make_shared<std::decay_t<Done>>(std::forward<Done>(done))](boost::system::error_code error,
                                                                                   std::size_t count) {
      std::move (*kept)(error, count);
    };
  }
  void receive_under_tls(asio::mutable_buffer room, OnReceived on_received);
  [[nodiscard]] bool send_now_under_tls(std::span<asio::const_buffer>& buffers);
  // Whether bytes are here that the socket does not show.
  [[nodiscard]] bool has_unread() const;
  void report_readable(std::function<void(boost::system::error_code)> on_readable);

  asio::ip::tcp::socket socket_;
  // Null: in clear.
  std::unique_ptr<tls::ServerSession> tls_;
  const std::chrono::milliseconds write_stall_timeout_;
  TimerWheel::Timer timer_;
  bool timed_out_ = false;
};

}  // namespace balancer::http
